import type { Clock, RegistrySchema } from '@kstreams/core/graph';
import type { RegistryClient } from './registry-client.js';

/** The time for which a failed request is not repeated, in ms. */
const failureAge = 5_000;

interface Request {
  readonly schema: Promise<RegistrySchema>;
  /** The time from which a failed request may be repeated, on the monotonic clock. */
  repeatFrom: number;
}

/** The schemas of a registry by id. An id is fetched once, also for concurrent calls, since its schema never changes. */
export class SchemaCache {
  readonly #client: RegistryClient;
  readonly #clock: Clock;
  readonly #known = new Map<number, RegistrySchema>();
  readonly #requests = new Map<number, Request>();

  constructor(client: RegistryClient, clock: Clock) {
    this.#client = client;
    this.#clock = clock;
  }

  /** Returns the schema of an id; undefined while it is not fetched. */
  get(id: number): RegistrySchema | undefined {
    return this.#known.get(id);
  }

  /** Fetches the schema of an id. A failed request is not repeated for 5 seconds. */
  fetch(id: number): Promise<RegistrySchema> {
    const last = this.#requests.get(id);
    if (last !== undefined && this.#time() < last.repeatFrom) return last.schema;
    const request = { schema: this.#client.schema(id), repeatFrom: Number.POSITIVE_INFINITY };
    this.#requests.set(id, request);
    request.schema.then(
      (schema) => {
        this.#known.set(id, schema);
      },
      () => {
        request.repeatFrom = this.#time() + failureAge;
      },
    );
    return request.schema;
  }

  #time(): number {
    return this.#clock.monotonic();
  }
}

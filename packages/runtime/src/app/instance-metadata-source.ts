import type { ByteStore, Clock, Transport } from '@kstreams/core/graph';
import { type Observable, Subject } from 'rxjs';
import type { HeldTasks, InstanceRow } from '../metadata/instance-row.js';
import type { TaskHolder } from '../metadata/instances.js';
import type { MetadataExchange } from '../metadata/metadata-exchange.js';
import type { Parts } from './parts.js';

/** Options of the source of instance metadata. */
export interface InstanceMetadataOptions {
  readonly application: string;
  readonly transport: Transport;
  readonly clock: Clock;
  /** Its owner is the id of this process. */
  readonly bytes: ByteStore;
  /** The address of this process; without one nothing is exchanged. */
  readonly endpoint: string | undefined;
  /** Returns the tasks of this process as they are now. */
  readonly held: () => HeldTasks;
}

/** The tasks of this process and, where processes have endpoints, of the others. */
export class InstanceMetadataSource {
  readonly id: string;
  readonly endpoint: string | undefined;
  /** Returns the tasks of this process as they are now. */
  readonly held: () => HeldTasks;
  readonly #exchange: MetadataExchange | undefined;
  readonly #changed$: Subject<void>;

  private constructor(
    { bytes, endpoint, held }: InstanceMetadataOptions,
    exchange: MetadataExchange | undefined,
    changed$: Subject<void>,
  ) {
    this.id = bytes.owner;
    this.endpoint = endpoint;
    this.held = held;
    this.#exchange = exchange;
    this.#changed$ = changed$;
  }

  /** Opens the source, with an exchange that has read all rows written before. */
  static async open(options: InstanceMetadataOptions, parts: Parts): Promise<InstanceMetadataSource> {
    const { application, bytes, clock, endpoint, held, transport } = options;
    const changed$ = new Subject<void>();
    parts.onRelease(async () => changed$.complete());
    if (endpoint === undefined) return new InstanceMetadataSource(options, undefined, changed$);
    const { MetadataExchange } = await import('../metadata/metadata-exchange.js');
    const exchange = await MetadataExchange.open({
      transport,
      application,
      clock,
      id: bytes.owner,
      endpoint,
      held,
      changed: () => changed$.next(),
    });
    parts.add(exchange);
    return new InstanceMetadataSource(options, exchange, changed$);
  }

  /** The rows of the other processes, by their ids. */
  get others(): ReadonlyMap<string, InstanceRow> {
    return this.#exchange?.others ?? new Map();
  }

  /** Returns the other process that holds a task. */
  holderOf(task: string): TaskHolder | undefined {
    return this.#exchange?.holderOf(task);
  }

  /** Emits when tasks have moved anywhere; completes with the application. */
  get changed$(): Observable<void> {
    return this.#changed$;
  }

  /** Announces that tasks of this process have moved. */
  moved(): void {
    this.#exchange?.moved();
    this.#changed$.next();
  }
}

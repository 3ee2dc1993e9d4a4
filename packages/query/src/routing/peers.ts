import { idToBytes, messageOf } from '@kstreams/core/graph';
import type { InstanceMetadata, LocalStore, Metadata } from '@kstreams/runtime';
import { Problem, unavailable } from '../http/problem.js';
import type { CountBody, ForwardedPage, ProblemBody, ProblemCode } from '../protocol/bodies.js';
import type { Page } from '../reads/local-reads.js';

/** The header of a request from another process: the partitions to read here. Such a request is not forwarded again. */
export const partitionsHeader = 'kstreams-partitions';

/** The parts of a request that are forwarded to other processes. */
export interface Forwarded {
  /** The path and the parameters, below the mount. */
  readonly url: string;
  readonly authorization: string | undefined;
  /** The partitions of a request from another process; undefined for a request of a client. */
  readonly partitions: readonly number[] | undefined;
  readonly signal: AbortSignal;
}

/** The holders of partitions. */
export interface Owners {
  /** The partitions to read in this process. */
  readonly local: readonly number[];
  /** The other partitions, by the endpoints of their processes. */
  readonly remote: ReadonlyMap<string, readonly number[]>;
  /** The partitions that no known process can serve: they move or are being restored. */
  readonly moving: readonly number[];
}

/** The processes of the application, which forward reads to each other. */
export class Peers {
  readonly #metadata: Metadata;
  readonly #path: string;

  /** `path` is the mount of the handler below the endpoints of all processes. */
  constructor(metadata: Metadata, path: string) {
    this.#metadata = metadata;
    this.#path = path;
  }

  /** Returns the holders of some partitions of a store. */
  ownersOf(store: LocalStore, partitions: readonly number[], request: Pick<Forwarded, 'partitions'>): Owners {
    if (request.partitions !== undefined)
      return { local: request.partitions.filter((one) => partitions.includes(one)), remote: new Map(), moving: [] };
    const local: number[] = [];
    const remote = new Map<string, number[]>();
    const moving: number[] = [];
    for (const partition of partitions) {
      const holder = this.#metadata.forPartition(store.spec.name, partition);
      if (holder?.local === true) local.push(partition);
      else if (holder?.endpoint === undefined) moving.push(partition);
      else remote.set(holder.endpoint, [...(remote.get(holder.endpoint) ?? []), partition]);
    }
    return { local, remote, moving };
  }

  /** Returns the endpoints of the other processes, which may have copies of a partition; first those that restore it. */
  othersOf(store: LocalStore, partition: number): readonly string[] {
    const restores = ({ opening }: InstanceMetadata): boolean =>
      opening.some((task) => task.partition === partition && task.stores.includes(store.spec.name));
    const others = this.#metadata.instances().filter(({ local }) => !local);
    const ordered = [...others.filter(restores), ...others.filter((one) => !restores(one))];
    return ordered.flatMap(({ endpoint }) => endpoint ?? []);
  }

  /** Returns the endpoint of the holder of a partition, `local` for this process; undefined while it moves. */
  holderOf(store: LocalStore, partition: number): string | undefined {
    const holder = this.#metadata.forPartition(store.spec.name, partition);
    return holder?.local === true ? 'local' : holder?.endpoint;
  }

  /** Resolves to the page of another process. */
  async page(endpoint: string, partitions: readonly number[], request: Forwarded): Promise<Page> {
    const { more, places, rows, stale } = (await this.ask(endpoint, partitions, request)) as ForwardedPage;
    return {
      more,
      stale: stale ?? [],
      rows: rows.map((row, index) => {
        const [partition = 0, rowKey = ''] = places[index] ?? [];
        return { json: JSON.stringify(row), partition, rowKey: idToBytes(atob(rowKey)) };
      }),
    };
  }

  /** Resolves to the number of rows in another process. */
  async count(endpoint: string, partitions: readonly number[], request: Forwarded): Promise<CountBody> {
    return (await this.ask(endpoint, partitions, request)) as CountBody;
  }

  /**
   * Resolves to the JSON of another process.
   *
   * @throws Problem of the other process, or when there is no response.
   */
  async ask(endpoint: string, partitions: readonly number[], request: Forwarded): Promise<unknown> {
    try {
      const response = await this.#fetch(endpoint, partitions, request);
      const body: unknown = await response.json();
      if (response.ok) return body;
      throw problemFrom(body as Partial<ProblemBody>);
    } catch (thrown) {
      throw problemOfFetch(thrown, partitions, request.signal);
    }
  }

  /**
   * Returns the pieces of the event stream of another process, after some positions.
   *
   * @throws Problem of the other process, or when there is no response.
   */
  async *stream(
    endpoint: string,
    partitions: readonly number[],
    request: Forwarded,
    after: string,
  ): AsyncGenerator<Uint8Array> {
    try {
      const response = await this.#fetch(endpoint, partitions, request, { 'last-event-id': after });
      if (!response.ok) throw problemFrom((await response.json()) as Partial<ProblemBody>);
      if (response.body !== null) yield* response.body;
    } catch (thrown) {
      throw problemOfFetch(thrown, partitions, request.signal);
    }
  }

  #fetch(
    endpoint: string,
    partitions: readonly number[],
    { authorization, signal, url }: Forwarded,
    more: Readonly<Record<string, string>> = {},
  ): Promise<Response> {
    const headers = {
      ...more,
      [partitionsHeader]: partitions.join(','),
      ...(authorization !== undefined && { authorization }),
    };
    return fetch(`${endpoint}${this.#path}${url}`, { headers, signal, redirect: 'error' });
  }
}

/** Returns the problem of a request to another process that failed. */
const problemOfFetch = (thrown: unknown, partitions: readonly number[], signal: AbortSignal): unknown => {
  if (thrown instanceof Problem) return thrown;
  if (signal.aborted) return signal.reason;
  return unavailable(`the process of partitions ${partitions.join(', ')} does not respond: ${messageOf(thrown)}`);
};

/** Returns the problem of a response. */
const problemFrom = ({ detail, stale, type }: Partial<ProblemBody>): Problem => {
  const code = (typeof type === 'string' ? /^urn:kstreams:problem:([a-z-]+)$/.exec(type)?.[1] : undefined) as
    | ProblemCode
    | undefined;
  if (code === 'unavailable') return unavailable(String(detail));
  return code === undefined
    ? unavailable('another process gave no valid response')
    : new Problem(code, String(detail), {}, stale);
};

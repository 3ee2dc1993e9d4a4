import { messageOf } from '@kstreams/core/graph';
import type { InstanceMetadata, LocalStore, Metadata } from '@kstreams/runtime';
import type { CountBody, ForwardedPage, RowBody } from '../protocol/bodies.js';
import type { FoundRow, Page } from '../reads/local-reads.js';
import { Problem, unavailable } from '../service/problem.js';
import type { Forwarded, PeerClient, PeerEvent } from './peer-client.js';
import { pageOfPeer, rowOfPeer } from './peer-json.js';

/** The holders of partitions. */
export interface Owners {
  /** The partitions to read in this process. */
  readonly local: readonly number[];
  /** The other partitions, by the endpoints of their processes. */
  readonly remote: ReadonlyMap<string, readonly number[]>;
  /** The partitions that no known process can serve: they move or are being restored. */
  readonly moving: readonly number[];
}

/** The processes of the application, which forward reads to each other. A read that another process fails throws a `Problem`. */
export class Peers {
  readonly #client: PeerClient;
  readonly #metadata: Metadata;

  constructor(metadata: Metadata, client: PeerClient) {
    this.#client = client;
    this.#metadata = metadata;
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

  /** Resolves to a row of another process. */
  async row(endpoint: string, partitions: readonly number[], request: Forwarded): Promise<FoundRow> {
    return rowOfPeer(await this.#read<RowBody>(endpoint, partitions, request));
  }

  /** Resolves to a page of rows of another process. */
  async page(endpoint: string, partitions: readonly number[], request: Forwarded): Promise<Page> {
    return pageOfPeer(await this.#read<ForwardedPage>(endpoint, partitions, request));
  }

  /** Resolves to the number of rows in another process. */
  count(endpoint: string, partitions: readonly number[], request: Forwarded): Promise<CountBody> {
    return this.#read(endpoint, partitions, request);
  }

  /** Returns the events of a subscription in another process, after some positions. */
  async *changes(
    endpoint: string,
    partitions: readonly number[],
    request: Forwarded,
    after: string,
  ): AsyncGenerator<PeerEvent> {
    try {
      yield* this.#client.changes(endpoint, partitions, request, after);
    } catch (thrown) {
      throw failureOf(thrown, partitions, request.signal);
    }
  }

  async #read<T>(endpoint: string, partitions: readonly number[], request: Forwarded): Promise<T> {
    try {
      return (await this.#client.read(endpoint, partitions, request)) as T;
    } catch (thrown) {
      throw failureOf(thrown, partitions, request.signal);
    }
  }
}

/** Returns the problem of a request to another process that failed. */
const failureOf = (thrown: unknown, partitions: readonly number[], signal: AbortSignal): unknown => {
  if (thrown instanceof Problem) return thrown;
  if (signal.aborted) return signal.reason;
  return unavailable(`the process of partitions ${partitions.join(', ')} does not respond: ${messageOf(thrown)}`);
};

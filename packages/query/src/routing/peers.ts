import type { InstanceMetadata, LocalStore, Metadata } from '@kstreams/runtime';
import type { Forwarded, PeerClient } from './peer-client.js';

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
  readonly client: PeerClient;
  readonly #metadata: Metadata;

  constructor(metadata: Metadata, client: PeerClient) {
    this.client = client;
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
}

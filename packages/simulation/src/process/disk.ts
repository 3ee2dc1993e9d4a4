import {
  type ByteStore,
  type Bytes,
  bytesToId,
  idToBytes,
  type RemoteStorage,
  StateError,
  type Write,
} from '@kstreams/core/graph';
import { OrderedMap } from '@kstreams/core/state';
import { cached } from '@kstreams/stores';
import type { ProcessActor } from './process-actor.js';

/** A disk across a network, with a cache in the process. */
export interface RemoteState {
  /** The memory of the cache, in bytes. */
  readonly memory: number;
  /** The longest time that a read takes, in virtual ms. */
  readonly latency: number;
}

/** The state of one machine. It outlives its processes unless a fault replaces it. */
export class Disk {
  /** The owner id of the state backend, the same for every process on this disk. */
  readonly owner: string;
  readonly rows = new OrderedMap<Bytes>();

  constructor(owner: string) {
    this.owner = owner;
  }

  /** Opens the disk for a process. Its writes are subject to faults. */
  open(process: ProcessActor): ByteStore {
    const { rows } = this;
    return { ...this.#connect(process), get: (key) => rows.get(bytesToId(key)) };
  }

  /** Opens the disk for a process, across a network. Its reads take time, and are subject to faults too. */
  openRemote(process: ProcessActor, { latency, memory }: RemoteState): ByteStore {
    const { owner, rows } = this;
    const getMany = async (keys: readonly Bytes[]): Promise<readonly (Bytes | undefined)[]> => {
      await process.turn('network', process.surroundings.random.below(latency + 1));
      return process.call(`read of ${owner}`, async () => keys.map((key) => rows.get(bytesToId(key))), {
        kind: 'disk',
        error: () => new StateError('the simulated disk failed'),
      });
    };
    return cached({ ...this.#connect(process), getMany }, { memory });
  }

  #connect(process: ProcessActor): Omit<RemoteStorage, 'getMany'> {
    const { rows, owner } = this;
    const write = (what: string, change: () => void): Promise<void> =>
      process.call(`${what} of ${owner}`, async () => change(), {
        kind: 'disk',
        error: () => new StateError('the simulated disk failed'),
      });
    return {
      owner,
      async *scan(from, to, { reverse = false } = {}) {
        await process.turn('scan');
        const found = [...rows.walk(bytesToId(from), bytesToId(to))];
        for (const [id, value] of reverse ? found.reverse() : found) yield [idToBytes(id), value];
      },
      commit: (writes) => write('rows', () => apply(rows, writes)),
      clear: (from, to) =>
        write('clear', () => {
          rows.deleteRange(bytesToId(from), bytesToId(to));
        }),
      close: async () => {},
    };
  }
}

const apply = (rows: OrderedMap<Bytes>, writes: readonly Write[]): void => {
  for (const [key, value] of writes) {
    if (value === undefined) rows.delete(bytesToId(key));
    else rows.set(bytesToId(key), value);
  }
};

import { type ByteStore, type Bytes, bytesToId, idToBytes, StateError, type Write } from '@kstreams/core/graph';
import { OrderedMap } from '@kstreams/core/state';
import type { ProcessActor } from './process-actor.js';

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
    const { rows, owner } = this;
    const write = (what: string, change: () => void): Promise<void> =>
      process.call(`${what} of ${owner}`, async () => change(), {
        kind: 'disk',
        error: () => new StateError('the simulated disk failed'),
      });
    return {
      owner,
      get: (key) => rows.get(bytesToId(key)),
      async *scan(from, to, { reverse = false } = {}) {
        await process.turn('scan');
        const found = [...rows.walk(bytesToId(from), bytesToId(to))];
        for (const [id, value] of reverse ? found.reverse() : found) yield [idToBytes(id), value];
      },
      commit: (writes) => write('rows', () => apply(rows, writes)),
      clear: (from, to) =>
        write('clear', () => {
          for (const [id] of [...rows.walk(bytesToId(from), bytesToId(to))]) rows.delete(id);
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

import { type ByteStore, type Bytes, bytesToId, idToBytes, StateError, type Write } from '@kstreams/core/graph';
import { OrderedMap } from '@kstreams/core/state';
import type { SimulatedProcess } from './simulated-process.js';

/** What a process keeps its state on; it outlives the process unless it is lost. */
export class Disk {
  /** Who keeps state here: the next process on this disk has the same name. */
  readonly owner: string;
  readonly rows = new OrderedMap<Bytes>();

  constructor(owner: string) {
    this.owner = owner;
  }

  /** The disk as a process sees it, with the faults of the simulation between. */
  open(process: SimulatedProcess): ByteStore {
    const { rows, owner } = this;
    const write = (what: string, change: () => void): Promise<void> =>
      process.ask(`${what} of ${owner}`, async () => change(), {
        kind: 'disk',
        error: () => new StateError('the simulated disk failed'),
      });
    return {
      owner,
      get: (key) => rows.get(bytesToId(key)),
      async *scan(from, to) {
        await process.turn('scan');
        for (const [id, value] of [...rows.walk(bytesToId(from), bytesToId(to))]) yield [idToBytes(id), value];
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

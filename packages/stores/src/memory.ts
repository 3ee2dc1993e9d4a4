import {
  type Backend,
  type ByteStore,
  type Bytes,
  bytesToId,
  compareBytes,
  idToBytes,
  type Write,
} from '@kstreams/core';

/** State in memory: gone with the process, restored from the changelogs. */
export const memory = (): Backend => ({ name: 'memory', open: async () => memoryStore() });

/** A byte store in memory. */
export const memoryStore = (): ByteStore => new MemoryStore();

class MemoryStore implements ByteStore {
  readonly #rows = new Map<string, Bytes>();

  get(key: Bytes): Bytes | undefined {
    return this.#rows.get(bytesToId(key));
  }

  scan(from: Bytes, to: Bytes): AsyncIterable<readonly [key: Bytes, value: Bytes]> {
    return inTurn(this.#between(from, to).map((id) => [idToBytes(id), this.#rows.get(id) as Bytes] as const));
  }

  async commit(writes: readonly Write[]): Promise<void> {
    for (const [key, value] of writes) {
      if (value === undefined) this.#rows.delete(bytesToId(key));
      else this.#rows.set(bytesToId(key), value);
    }
  }

  async clear(from: Bytes, to: Bytes): Promise<void> {
    for (const id of this.#between(from, to)) this.#rows.delete(id);
  }

  async close(): Promise<void> {
    this.#rows.clear();
  }

  /** Latin-1 ids are in the order of their bytes. */
  #between(from: Bytes, to: Bytes): string[] {
    if (compareBytes(from, to) >= 0) return [];
    const [first, end] = [bytesToId(from), bytesToId(to)];
    return [...this.#rows.keys()].filter((id) => id >= first && id < end).sort();
  }
}

async function* inTurn<T>(items: readonly T[]): AsyncIterable<T> {
  yield* items;
}

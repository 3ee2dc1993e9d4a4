import { type ByteStore, type Bytes, messageOf, StateError, type Write } from '@kstreams/core';
import { isDamage, markDamaged } from './damage.js';
import type { Slot } from './slot.js';

/** How many entries a scan reads at once, and how many bytes at most. */
const scanLength = 1_000;
const scanBytes = 256 * 1_024;

/** The byte store of one slot: one LevelDB database, each commit one batch. */
export class LevelStore implements ByteStore {
  readonly owner: string;
  readonly #slot: Slot;
  readonly #sync: boolean;

  constructor(slot: Slot, sync: boolean) {
    this.owner = slot.owner;
    this.#slot = slot;
    this.#sync = sync;
  }

  get(key: Bytes): Bytes | undefined {
    try {
      const found = this.#slot.database.getSync(key);
      return found && plain(found);
    } catch (thrown) {
      throw this.#failed('read', thrown);
    }
  }

  /** The iterator, which is a snapshot, is made with the first entry and closed with the last, or when the scan is left. */
  async *scan(from: Bytes, to: Bytes): AsyncGenerator<readonly [key: Bytes, value: Bytes], void, undefined> {
    try {
      const iterator = this.#slot.database.iterator({ gte: from, lt: to, highWaterMarkBytes: scanBytes });
      try {
        for (let entries = await iterator.nextv(scanLength); entries.length > 0; ) {
          for (const [key, value] of entries) yield [plain(key), plain(value)];
          entries = await iterator.nextv(scanLength);
        }
      } finally {
        await iterator.close();
      }
    } catch (thrown) {
      throw this.#failed('scanned', thrown);
    }
  }

  async commit(writes: readonly Write[]): Promise<void> {
    const batch = writes.map(([key, value]) =>
      value === undefined ? ({ type: 'del', key } as const) : ({ type: 'put', key, value } as const),
    );
    try {
      await this.#slot.database.batch(batch, { sync: this.#sync });
    } catch (thrown) {
      throw this.#failed('written', thrown);
    }
  }

  async clear(from: Bytes, to: Bytes): Promise<void> {
    try {
      await this.#slot.database.clear({ gte: from, lt: to });
    } catch (thrown) {
      throw this.#failed('cleared', thrown);
    }
  }

  async close(): Promise<void> {
    await this.#slot.database.close();
  }

  #failed(how: string, thrown: unknown): StateError {
    const { folder } = this.#slot;
    const damaged = isDamage(thrown);
    if (damaged) markDamaged(folder);
    const mend = damaged ? '; when it is opened next it is set aside, and restored from the changelogs' : '';
    return new StateError(`the state in ${folder} cannot be ${how}: ${messageOf(thrown)}${mend}`, {}, thrown);
  }
}

/** Level hands out Node's own kind of bytes, which print and slice differently. */
const plain = (bytes: Bytes): Bytes => new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.length);

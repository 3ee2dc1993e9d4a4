import {
  type ByteStore,
  type Bytes,
  type Cancel,
  plainBytes,
  type ScanOptions,
  StorageError,
  type Telemetry,
  type Write,
} from '@kstreams/core/graph';
import { reasonFor } from '../failure.js';
import { listFiles } from '../files/database-files.js';
import { writeBatch } from '../write-batch.js';
import { isDamage, markDamaged } from './damage.js';
import { instruments } from './instruments.js';
import { reusedBytes } from './reused-bytes.js';
import { rowsOf, type Slot } from './slot.js';

/** Maximum number of entries, and of bytes, that a scan reads at once. */
const scanLength = 1_000;
const scanBytes = 256 * 1_024;

/** Limits of the range of all keys, whose names are printable. */
const firstKey = new Uint8Array();
const lastKey = new Uint8Array([0xff]);

/** Part of classic-level, which Level is in Node, that its types leave out since browsers lack it. */
interface RangeSizes {
  approximateSize(from: Bytes, to: Bytes): Promise<number>;
}

/** Options of a store in Level. */
export interface LevelStoreOptions {
  /** True when every commit waits for the disk. */
  readonly sync: boolean;
  /** Opens a slot again without its damaged rows. */
  readonly reopen: (slot: Slot) => Promise<Slot>;
  readonly telemetry?: Telemetry | undefined;
}

/** Byte store of one slot: a LevelDB database with one batch per commit. */
export class LevelStore implements ByteStore {
  readonly owner: string;
  readonly persistent = true;
  readonly #reopen: (slot: Slot) => Promise<Slot>;
  readonly #sync: boolean;
  readonly #passedKey = reusedBytes();
  readonly #passedValue = reusedBytes();
  #slot: Slot;
  #damage: StorageError | undefined;
  #refusal: StorageError | undefined;
  #mending: Promise<void> | undefined;
  #size: number | undefined;
  #measuring = false;
  readonly #removeGauge: Cancel | undefined;

  constructor(slot: Slot, { reopen, sync, telemetry }: LevelStoreOptions) {
    this.owner = slot.owner;
    this.#slot = slot;
    this.#sync = sync;
    this.#reopen = reopen;
    const attributes = { 'kstreams.state.backend': 'level' };
    this.#removeGauge = telemetry?.gauge(instruments.size, attributes, () => this.#measuredSize());
  }

  get damage(): StorageError | undefined {
    return this.#damage;
  }

  get(key: Bytes): Bytes | undefined {
    try {
      const found = this.#slot.database.getSync(this.#passedKey(key));
      return found && plainBytes(found);
    } catch (thrown) {
      throw this.#failed('read', thrown);
    }
  }

  /** The iterator is a snapshot, opened for the first entry and closed after the last or when the scan ends early. */
  async *scan(
    from: Bytes,
    to: Bytes,
    { reverse = false }: ScanOptions = {},
  ): AsyncGenerator<readonly [key: Bytes, value: Bytes], void, undefined> {
    try {
      const iterator = this.#slot.database.iterator({ gte: from, lt: to, reverse, highWaterMarkBytes: scanBytes });
      try {
        for (let entries = await iterator.nextv(scanLength); entries.length > 0; ) {
          for (const [key, value] of entries) yield [plainBytes(key), plainBytes(value)];
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
    const options = { sync: this.#sync, passedKey: this.#passedKey, passedValue: this.#passedValue };
    await this.#write('written', (database) => writeBatch(database, writes, options));
  }

  async clear(from: Bytes, to: Bytes): Promise<void> {
    await this.#write('cleared', (database) => database.clear({ gte: from, lt: to }));
  }

  mend(): Promise<void> {
    this.#mending ??= this.#mend().finally(() => {
      this.#mending = undefined;
    });
    return this.#mending;
  }

  async close(): Promise<void> {
    this.#removeGauge?.();
    await this.#slot.database.close();
    if (this.#refusal === undefined && this.#damage === undefined) await listFiles(rowsOf(this.#slot.folder));
  }

  /** LevelDB would write on behind the part of a write that failed, and could not read that again. */
  async #write(how: string, write: (database: Slot['database']) => Promise<void>): Promise<void> {
    if (this.#refusal !== undefined) throw this.#refusal;
    try {
      await write(this.#slot.database);
    } catch (thrown) {
      this.#refusal = this.#failed(how, thrown);
      throw this.#refusal;
    }
  }

  async #mend(): Promise<void> {
    this.#slot = await this.#reopen(this.#slot);
    this.#damage = undefined;
    this.#refusal = undefined;
  }

  /** Returns the last measured size, in bytes, and measures again for the next call. */
  #measuredSize(): number | undefined {
    if (!this.#measuring) void this.#measure();
    return this.#size;
  }

  async #measure(): Promise<void> {
    this.#measuring = true;
    try {
      const database = this.#slot.database as Slot['database'] & RangeSizes;
      this.#size = await database.approximateSize(firstKey, lastKey);
    } catch {
      // A database that is closed meanwhile has no size.
      this.#size = undefined;
    } finally {
      this.#measuring = false;
    }
  }

  #failed(how: string, thrown: unknown): StorageError {
    const { folder } = this.#slot;
    const damaged = isDamage(thrown);
    const mend = damaged ? '; it is set aside before it is used again, and restored from the changelogs' : '';
    const why = `the state in ${folder} cannot be ${how}: ${reasonFor(thrown)}${mend}`;
    const error = new StorageError(why, thrown, damaged);
    if (damaged) {
      markDamaged(folder);
      this.#damage ??= error;
    }
    return error;
  }
}

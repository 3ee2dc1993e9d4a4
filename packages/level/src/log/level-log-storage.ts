import { type Bytes, type OptionChecks, option, plainBytes, TransportError, type Write } from '@kstreams/core/graph';
import type { LogEntry, LogStorage, ReadLimits } from '@kstreams/embedded';
import { Level } from 'level';
import { isLocked, reasonFor } from '../failure.js';
import { writeBatch } from '../write-batch.js';

/** Settings of a log on Level. */
export interface LevelLogOptions {
  /** True to wait for the disk at every write, which survives a power loss; false by default. Ignored in a page. */
  readonly sync?: boolean;
  /**
   * False to open a log without reading its files first, also a damaged one; true by default. Ignored in a page.
   * Reading takes about a second per GB. Records that are damaged or missing still fail their readers.
   */
  readonly verify?: boolean;
}

/** The checks of {@link LevelLogOptions}. */
export const levelLogChecks: OptionChecks<LevelLogOptions> = { sync: option.flag, verify: option.flag };

type Database = Level<Bytes, Bytes>;

/** The storage of an embedded log in a Level database. */
export class LevelLogStorage implements LogStorage {
  readonly #database: Database;
  readonly #location: string;
  readonly #sync: boolean;
  #committed = false;
  #failed = false;

  private constructor(database: Database, location: string, sync: boolean) {
    this.#database = database;
    this.#location = location;
    this.#sync = sync;
  }

  /** Opens the database at a location; throws a `TransportError` when it is open elsewhere or cannot be read. */
  static async open(location: string, { sync = false }: LevelLogOptions = {}): Promise<LevelLogStorage> {
    const database: Database = new Level<Bytes, Bytes>(location, { keyEncoding: 'view', valueEncoding: 'view' });
    try {
      await database.open();
    } catch (thrown) {
      throw cannotBe('opened', location, thrown);
    }
    return new LevelLogStorage(database, location, sync);
  }

  /** True when something was committed, and nothing failed. */
  get whole(): boolean {
    return this.#committed && !this.#failed;
  }

  async read(from: Bytes, to: Bytes, limits?: ReadLimits): Promise<readonly LogEntry[]> {
    const range = { gte: from, lt: to };
    const found: LogEntry[] = [];
    let length = 0;
    try {
      const entries =
        limits === undefined
          ? this.#database.iterator(range)
          : this.#database.iterator({ ...range, limit: limits.entries, highWaterMarkBytes: limits.bytes });
      for await (const [key, value] of entries) {
        found.push([plainBytes(key), plainBytes(value)]);
        length += key.length + value.length;
        if (limits !== undefined && length >= limits.bytes) break;
      }
    } catch (thrown) {
      throw cannotBe('read', this.#location, thrown);
    }
    return found;
  }

  async lastKey(from: Bytes, to: Bytes): Promise<Bytes | undefined> {
    try {
      const [key] = await this.#database.keys({ gte: from, lt: to, reverse: true, limit: 1 }).all();
      return key && plainBytes(key);
    } catch (thrown) {
      throw cannotBe('read', this.#location, thrown);
    }
  }

  async commit(writes: readonly Write[]): Promise<void> {
    await this.#write(() => writeBatch(this.#database, writes, { sync: this.#sync }));
    this.#committed = true;
  }

  async clear(from: Bytes, to: Bytes): Promise<void> {
    await this.#write(() => this.#database.clear({ gte: from, lt: to }));
  }

  async close(): Promise<void> {
    await this.#database.close();
  }

  /** LevelDB would write on behind the part of a write that failed, and could not read that again. */
  async #write(write: () => Promise<void>): Promise<void> {
    if (this.#failed) throw new TransportError(`the embedded log in ${this.#location} failed: open it again`);
    try {
      await write();
    } catch (thrown) {
      this.#failed = true;
      throw cannotBe('written', this.#location, thrown);
    }
  }
}

/** Returns the error for a database that cannot be opened, read or written. */
export const cannotBe = (how: 'opened' | 'read' | 'written', location: string, thrown: unknown): TransportError =>
  new TransportError(`the embedded log in ${location} cannot be ${how}: ${explain(thrown)}`, {}, thrown);

const explain = (thrown: unknown): string => {
  const reason = reasonFor(thrown);
  if (!isLocked(thrown)) return reason;
  return reason.includes('already held by process')
    ? 'this process has it open already; share that log, or close it first'
    : 'another process has it open; stop that process, or use Kafka to share a log';
};

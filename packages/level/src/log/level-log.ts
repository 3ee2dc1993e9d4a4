import { type Bytes, checkFolder, messageOf, TransportError, type Write } from '@kstreams/core/graph';
import type { LogBackend, LogEntry, LogStorage, ReadLimits } from '@kstreams/embedded';
import { Level } from 'level';

/** Settings of a log on Level. */
export interface LevelLogOptions {
  /** True to wait for the disk at every write, which survives a power loss; false by default. Ignored in a page. */
  readonly sync?: boolean;
}

/**
 * Keeps an embedded log in Level: in a folder on Node, in the IndexedDB database of that name in a page. One process at
 * a time may have it open.
 *
 * @throws ConfigError when the location is empty.
 *
 * @example
 * const log = embedded({ storage: levelLog('.kstreams/shop/log') })
 */
export const levelLog = (location: string, { sync = false }: LevelLogOptions = {}): LogBackend => ({
  name: checkFolder(location, 'the location of the embedded log'),
  open: async () => {
    const database: Database = new Level<Bytes, Bytes>(location, { keyEncoding: 'view', valueEncoding: 'view' });
    try {
      await database.open();
    } catch (thrown) {
      throw new TransportError(`the embedded log in ${location} cannot be opened: ${reasonFor(thrown)}`, {}, thrown);
    }
    return new LevelLogStorage(database, sync);
  },
});

type Database = Level<Bytes, Bytes>;

class LevelLogStorage implements LogStorage {
  readonly #database: Database;
  readonly #sync: boolean;

  constructor(database: Database, sync: boolean) {
    this.#database = database;
    this.#sync = sync;
  }

  async get(key: Bytes): Promise<Bytes | undefined> {
    const value = await this.#database.get(key);
    return value && plain(value);
  }

  async read(from: Bytes, to: Bytes, limits?: ReadLimits): Promise<readonly LogEntry[]> {
    const range = { gte: from, lt: to };
    const found: LogEntry[] = [];
    const entries =
      limits === undefined
        ? this.#database.iterator(range)
        : this.#database.iterator({ ...range, limit: limits.entries, highWaterMarkBytes: limits.bytes });
    let length = 0;
    for await (const [key, value] of entries) {
      found.push([plain(key), plain(value)]);
      length += key.length + value.length;
      if (limits !== undefined && length >= limits.bytes) break;
    }
    return found;
  }

  async lastKey(from: Bytes, to: Bytes): Promise<Bytes | undefined> {
    const [key] = await this.#database.keys({ gte: from, lt: to, reverse: true, limit: 1 }).all();
    return key && plain(key);
  }

  async commit(writes: readonly Write[]): Promise<void> {
    const batch = writes.map(([key, value]) =>
      value === undefined ? ({ type: 'del', key } as const) : ({ type: 'put', key, value } as const),
    );
    await this.#database.batch(batch, { sync: this.#sync });
  }

  async clear(from: Bytes, to: Bytes): Promise<void> {
    await this.#database.clear({ gte: from, lt: to });
  }

  async close(): Promise<void> {
    await this.#database.close();
  }
}

/** Returns a plain `Uint8Array` over the same memory: Level returns a `Buffer` on Node, and its `slice` does not copy. */
const plain = (bytes: Bytes): Bytes => new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.byteLength);

const reasonFor = (thrown: unknown): string => {
  const cause = (thrown as { cause?: unknown }).cause ?? thrown;
  if ((cause as { code?: unknown }).code === 'LEVEL_LOCKED') {
    return 'another process has it open; stop that process, or use Kafka to share a log';
  }
  return `${messageOf(cause)}; check its disk and permissions`;
};

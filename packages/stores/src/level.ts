/** State in LevelDB, on disk: the entry that needs Node. */
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { type Backend, type ByteStore, type Bytes, StateError, type Write } from '@kstreams/core';
import { ClassicLevel } from 'classic-level';

/** How Level keeps state. */
export interface LevelOptions {
  /** Whether every commit waits for the disk, to survive a power loss as well as a crash; false unless set. */
  readonly sync?: boolean;
}

/** How many processes can keep state below one folder. */
const slots = 1_000;

/**
 * State in LevelDB. A process takes the first free slot `<folder>/<n>/`: one database, which its lock keeps others out
 * of, and which the process gets back when it starts again.
 */
export const level = ({ sync = false }: LevelOptions = {}): Backend => ({
  name: 'level',
  open: async (folder) => {
    for (let slot = 0; slot < slots; slot++) {
      const location = join(folder, String(slot));
      await mkdir(location, { recursive: true });
      const database: Database = new ClassicLevel(location, { keyEncoding: 'view', valueEncoding: 'view' });
      try {
        await database.open();
        return new LevelStore(database, sync);
      } catch (thrown) {
        if (isLocked(thrown)) continue;
        throw new StateError(
          `the state in ${location} cannot be opened: remove the folder to have it restored from the changelogs`,
          {},
          thrown,
        );
      }
    }
    throw new StateError(`all ${slots} slots below ${folder} are taken: name another state folder`);
  },
});

type Database = ClassicLevel<Bytes, Bytes>;

const isLocked = (thrown: unknown): boolean => (thrown as { cause?: { code?: string } }).cause?.code === 'LEVEL_LOCKED';

class LevelStore implements ByteStore {
  readonly #database: Database;
  readonly #sync: boolean;

  constructor(database: Database, sync: boolean) {
    this.#database = database;
    this.#sync = sync;
  }

  get(key: Bytes): Bytes | undefined {
    return this.#database.getSync(key);
  }

  scan(from: Bytes, to: Bytes): AsyncIterable<readonly [key: Bytes, value: Bytes]> {
    return this.#database.iterator({ gte: from, lt: to });
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

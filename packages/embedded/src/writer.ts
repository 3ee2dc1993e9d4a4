import { type Bytes, TransportError } from '@kstreams/core';
import type { AbstractLevel } from 'abstract-level';

/** The database below a log: bytes to bytes, in the order of keys. */
export type Database = AbstractLevel<string | Bytes | Uint8Array, Bytes, Bytes>;

/** One write: the new bytes of a key, or `undefined` to delete it. */
export type Put = readonly [key: Bytes, value: Bytes | undefined];

/**
 * Writes to the database in the order of asking, many puts in one atomic batch: what was asked for earlier is never
 * missing where something later is there.
 */
export class Writer {
  readonly #database: Database;
  readonly #sync: boolean;
  #waiting: Put[] = [];
  #running: Promise<void> | undefined;
  #failure: unknown;

  constructor(database: Database, sync: boolean) {
    this.#database = database;
    this.#sync = sync;
  }

  /** Puts in line; it is written soon. */
  push(...puts: readonly Put[]): void {
    for (const put of puts) this.#waiting.push(put);
    this.#running ??= this.#run();
  }

  /** Resolves when all that was pushed before is in the database; throws for good once a write has failed. */
  async flush(): Promise<void> {
    while (this.#running !== undefined) await this.#running;
    if (this.#failure !== undefined) throw new TransportError('the embedded log cannot be written', {}, this.#failure);
  }

  /** Writes what waits, batch after batch; what comes during one goes into the next. */
  async #run(): Promise<void> {
    await Promise.resolve();
    try {
      while (this.#waiting.length > 0 && this.#failure === undefined) {
        const batch = this.#waiting;
        this.#waiting = [];
        await this.#database.batch(batch.map(operation), { sync: this.#sync } as object);
      }
    } catch (thrown) {
      this.#failure = thrown;
    } finally {
      this.#running = undefined;
    }
  }
}

const operation = ([key, value]: Put) =>
  value === undefined ? ({ type: 'del', key } as const) : ({ type: 'put', key, value } as const);

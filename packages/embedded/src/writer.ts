import type { Bytes } from '@kstreams/core';
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
  #writing: Promise<void> | undefined;

  constructor(database: Database, sync: boolean) {
    this.#database = database;
    this.#sync = sync;
  }

  /** Puts in line; it is written soon. */
  push(...puts: readonly Put[]): void {
    this.#waiting.push(...puts);
    void this.flush().catch(() => {});
  }

  /** Resolves when all that was pushed before is in the database. */
  async flush(): Promise<void> {
    while (this.#waiting.length > 0 || this.#writing !== undefined) {
      this.#writing ??= this.#write();
      await this.#writing;
    }
  }

  async #write(): Promise<void> {
    await Promise.resolve();
    const batch = this.#waiting;
    this.#waiting = [];
    try {
      await this.#database.batch(
        batch.map(([key, value]) =>
          value === undefined ? ({ type: 'del', key } as const) : ({ type: 'put', key, value } as const),
        ),
        { sync: this.#sync } as object,
      );
    } finally {
      this.#writing = undefined;
    }
  }
}

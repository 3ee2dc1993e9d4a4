import { TransportError } from '@kstreams/core/graph';
import type { Database, Put } from '../database.js';

/** Something in line to be written. */
export interface Entry {
  /** The puts, asked for when their turn has come: until then the entry may still grow. */
  readonly puts: () => readonly Put[];
  /** Called once they are in the database. */
  readonly written?: () => void;
}

/** How many entries go into one batch of the database. */
const batchLength = 128;

/**
 * Writes to the database in the order of asking, many entries in one atomic batch: what was asked for earlier is never
 * missing where something later is there, and the puts of one entry are there together or not at all.
 */
export class Writer {
  readonly #database: Database;
  readonly #sync: boolean;
  readonly #advanced: () => void;
  #waiting: Entry[] = [];
  #pushed = 0;
  #written = 0;
  #running: Promise<void> | undefined;
  #batch: Promise<void> | undefined;
  #failure: unknown;

  /** `advanced` is called after every batch. */
  constructor(database: Database, sync: boolean, advanced: () => void) {
    this.#database = database;
    this.#sync = sync;
    this.#advanced = advanced;
  }

  /** Puts in line; it is written soon. */
  push(entry: Entry): void {
    this.#waiting.push(entry);
    this.#pushed++;
    this.#running ??= this.#run();
  }

  /** Resolves when all that was pushed before is in the database; throws for good once a write has failed. */
  async flush(): Promise<void> {
    const target = this.#pushed;
    while (this.#written < target && this.#failure === undefined) await (this.#batch ?? this.#running);
    if (this.#failure !== undefined) throw new TransportError('the embedded log cannot be written', {}, this.#failure);
  }

  /** Writes what waits, batch after batch; what comes during one goes into the next. */
  async #run(): Promise<void> {
    await Promise.resolve();
    while (this.#waiting.length > 0 && this.#failure === undefined) {
      const entries = this.#waiting.splice(0, batchLength);
      this.#batch = this.#write(entries).catch((thrown) => {
        this.#failure = thrown;
      });
      await this.#batch;
      this.#batch = undefined;
    }
    this.#running = undefined;
  }

  async #write(entries: readonly Entry[]): Promise<void> {
    const puts = entries.flatMap((entry) => entry.puts());
    if (puts.length > 0) await this.#database.batch(puts.map(operation), { sync: this.#sync } as object);
    for (const { written } of entries) written?.();
    this.#written += entries.length;
    this.#advanced();
  }
}

const operation = ([key, value]: Put) =>
  value === undefined ? ({ type: 'del', key } as const) : ({ type: 'put', key, value } as const);

import { TransportError, type Write } from '@kstreams/core/graph';
import type { LogStorage } from '../storage/log-storage.js';

/** A queued group of writes, applied together or not at all. */
export interface WriteEntry {
  /** Returns the writes; called when the entry's turn has come, so that it can grow until then. */
  readonly writes: () => readonly Write[];
  /** Called once the writes are in the storage. */
  readonly written?: () => void;
}

/** Maximum number of entries in one commit of the storage. */
const entriesPerCommit = 128;

/**
 * Writes entries to the storage in the order of pushing, several per atomic commit. An entry is never in the storage
 * without all earlier ones.
 */
export class LogWriter {
  readonly #storage: LogStorage;
  readonly #advanced: () => void;
  #queue: WriteEntry[] = [];
  #pushed = 0;
  #written = 0;
  #running: Promise<void> | undefined;
  #committing: Promise<void> | undefined;
  #failure: unknown;

  /** `advanced` is called after every commit. */
  constructor(storage: LogStorage, advanced: () => void) {
    this.#storage = storage;
    this.#advanced = advanced;
  }

  /** Queues an entry; its commit starts within a microtask unless one is running. */
  push(entry: WriteEntry): void {
    this.#queue.push(entry);
    this.#pushed++;
    this.#running ??= this.#run();
  }

  /** Resolves once everything pushed before is in the storage; rejects for good after a failed commit. */
  async flush(): Promise<void> {
    const target = this.#pushed;
    while (this.#written < target && this.#failure === undefined) await (this.#committing ?? this.#running);
    if (this.#failure !== undefined) throw new TransportError('the embedded log cannot be written', {}, this.#failure);
  }

  /** Commits the queue; entries pushed meanwhile go into the next commit. */
  async #run(): Promise<void> {
    await Promise.resolve();
    while (this.#queue.length > 0 && this.#failure === undefined) {
      const entries = this.#queue.splice(0, entriesPerCommit);
      this.#committing = this.#commit(entries).catch((thrown) => {
        this.#failure = thrown;
      });
      await this.#committing;
      this.#committing = undefined;
    }
    this.#running = undefined;
  }

  async #commit(entries: readonly WriteEntry[]): Promise<void> {
    const writes = entries.flatMap((entry) => entry.writes());
    if (writes.length > 0) await this.#storage.commit(writes);
    for (const { written } of entries) written?.();
    this.#written += entries.length;
    this.#advanced();
  }
}

import { messageOf, TransportError, type Write } from '@kstreams/core/graph';
import type { LogStorage } from '../storage/log-storage.js';
import type { Metadata } from './metadata.js';

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
 * without all earlier ones. After a failed commit nothing is written any more: the storage may hold a part of it, and must be
 * opened again first.
 */
export class LogWriter {
  readonly #storage: LogStorage;
  readonly #metadata: Metadata;
  readonly #changed: () => void;
  #queue: WriteEntry[] = [];
  #pushed = 0;
  #written = 0;
  #running: Promise<void> | undefined;
  #committing: Promise<void> | undefined;
  #failure: TransportError | undefined;

  /** `changed` is called after every commit, and after the one that fails. */
  constructor(storage: LogStorage, metadata: Metadata, changed: () => void) {
    this.#storage = storage;
    this.#metadata = metadata;
    this.#changed = changed;
  }

  /** Error of the failed commit, if there is one. */
  get failure(): TransportError | undefined {
    return this.#failure;
  }

  /** Queues an entry; its commit starts within a microtask unless one is running. */
  push(entry: WriteEntry): void {
    if (this.#failure !== undefined) return;
    this.#queue.push(entry);
    this.#pushed++;
    this.#running ??= this.#run();
  }

  /** Resolves once everything pushed before is in the storage; rejects for good after a failed commit. */
  async flush(): Promise<void> {
    const target = this.#pushed;
    while (this.#written < target && this.#failure === undefined) await (this.#committing ?? this.#running);
    this.check();
  }

  /** Throws the error of the failed commit, if there is one. */
  check(): void {
    if (this.#failure !== undefined) throw this.#failure;
  }

  /** Commits the queue; entries pushed meanwhile go into the next commit. */
  async #run(): Promise<void> {
    await Promise.resolve();
    while (this.#queue.length > 0 && this.#failure === undefined) {
      const entries = this.#queue.splice(0, entriesPerCommit);
      this.#committing = this.#commit(entries).catch((thrown: unknown) => this.#fail(thrown));
      await this.#committing;
      this.#committing = undefined;
    }
    this.#running = undefined;
  }

  async #commit(entries: readonly WriteEntry[]): Promise<void> {
    const writes = entries.flatMap((entry) => entry.writes());
    if (writes.length > 0) await this.#storage.commit(this.#metadata.seal(writes));
    for (const { written } of entries) written?.();
    this.#written += entries.length;
    this.#changed();
  }

  #fail(thrown: unknown): void {
    this.#failure =
      thrown instanceof TransportError
        ? thrown
        : new TransportError(`the embedded log cannot be written: ${messageOf(thrown)}`, {}, thrown);
    this.#queue = [];
    this.#changed();
  }
}

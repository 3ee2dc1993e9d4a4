import {
  type Clock,
  messageOf,
  type TimeSlice,
  TransportError,
  type Write,
  yieldToEventLoop,
} from '@kstreams/core/graph';
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
/** Size at which a commit takes no further entry, in bytes: sealing it does not block the event loop for long. */
const commitLength = 2 * 1_024 * 1_024;

/** Parts of a log that its writer uses. */
export interface WriterOptions {
  readonly storage: LogStorage;
  readonly metadata: Metadata;
  readonly clock: Clock;
  /** Shared by all loops of the log. */
  readonly slice: TimeSlice;
  /** Called after every commit, and after the one that fails. */
  readonly changed: () => void;
}

/**
 * Writes entries to the storage in the order of pushing, several per atomic commit. An entry is never in the storage
 * without all earlier ones. After a failed commit nothing is written any more: the storage may hold a part of it, and must be
 * opened again first.
 */
export class LogWriter {
  readonly #options: WriterOptions;
  #queue: WriteEntry[] = [];
  #pushed = 0;
  #written = 0;
  #running: Promise<void> | undefined;
  /** Ends the wait before the first commit of a run. */
  #begin: (() => void) | undefined;
  #committing: Promise<void> | undefined;
  #failure: TransportError | undefined;

  constructor(options: WriterOptions) {
    this.#options = options;
  }

  /** Error of the failed commit, if there is one. */
  get failure(): TransportError | undefined {
    return this.#failure;
  }

  /** Queues an entry. Its commit begins with the next turn of the event loop or a flush, after the one that runs. */
  push(entry: WriteEntry): void {
    if (this.#failure !== undefined) return;
    this.#queue.push(entry);
    this.#pushed++;
    this.#running ??= this.#run();
  }

  /** Resolves once everything pushed before is in the storage; rejects for good after a failed commit. */
  async flush(): Promise<void> {
    const target = this.#pushed;
    await this.#options.slice.yieldIfOver();
    this.#begin?.();
    while (this.#written < target && this.#failure === undefined) await (this.#committing ?? this.#running);
    this.check();
  }

  /** Throws the error of the failed commit, if there is one. */
  check(): void {
    if (this.#failure !== undefined) throw this.#failure;
  }

  /** Commits the queue; entries pushed meanwhile go into the next commit. */
  async #run(): Promise<void> {
    const { clock, slice } = this.#options;
    await new Promise<void>((resolve) => {
      this.#begin = resolve;
      yieldToEventLoop(clock).then(resolve);
    });
    this.#begin = undefined;
    while (this.#queue.length > 0 && this.#failure === undefined) {
      this.#committing = this.#commit().catch((thrown: unknown) => this.#fail(thrown));
      await this.#committing;
      this.#committing = undefined;
      await slice.yieldIfOver();
    }
    this.#running = undefined;
  }

  /** Commits the first entries of the queue. */
  async #commit(): Promise<void> {
    const { changed, metadata, storage } = this.#options;
    const writes: Write[] = [];
    let [count, length] = [0, 0];
    for (; count < Math.min(entriesPerCommit, this.#queue.length) && length < commitLength; count++) {
      for (const write of (this.#queue[count] as WriteEntry).writes()) {
        writes.push(write);
        length += write[0].length + (write[1]?.length ?? 0);
      }
    }
    const entries = this.#queue.splice(0, count);
    if (writes.length > 0) await storage.commit(metadata.seal(writes));
    for (const { written } of entries) written?.();
    this.#written += entries.length;
    changed();
  }

  #fail(thrown: unknown): void {
    this.#failure =
      thrown instanceof TransportError
        ? thrown
        : new TransportError(`the embedded log cannot be written: ${messageOf(thrown)}`, {}, thrown);
    this.#queue = [];
    this.#options.changed();
  }
}

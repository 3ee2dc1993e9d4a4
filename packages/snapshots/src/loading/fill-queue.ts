import type { CommitGate } from '../commit-gate.js';
import type { SnapshotFiles } from '../snapshot-files.js';
import { fill } from './fill.js';
import type { Overlay } from './overlay.js';

/** The number of shards that are written to the local store at the same time. */
const concurrency = 2;

/** The parts of a store that its fills involve. */
export interface FillQueueOptions {
  readonly files: SnapshotFiles;
  readonly gate: CommitGate;
  /** Called when the local store has all rows of a shard. */
  readonly filled: (overlay: Overlay) => void;
  /** Called when a fill cannot go on. */
  readonly failed: (overlay: Overlay, thrown: unknown) => void;
}

/** Fills the local store with the rows of snapshots, in the order in which shards are added. */
export class FillQueue {
  readonly #options: FillQueueOptions;
  readonly #waiting: Overlay[] = [];
  readonly #running = new Set<Promise<void>>();
  #isStopped = false;

  constructor(options: FillQueueOptions) {
    this.#options = options;
  }

  add(overlay: Overlay): void {
    this.#waiting.push(overlay);
    this.#next();
  }

  /** Begins no further fill. */
  stop(): void {
    this.#isStopped = true;
  }

  /** Resolves when all fills are over. */
  async settled(): Promise<void> {
    while (this.#running.size > 0) await Promise.all(this.#running);
  }

  #next(): void {
    while (this.#running.size < concurrency && !this.#isStopped) {
      const overlay = this.#waiting.shift();
      if (overlay === undefined) return;
      const run = this.#run(overlay).finally(() => {
        this.#running.delete(run);
        this.#next();
      });
      this.#running.add(run);
    }
  }

  async #run(overlay: Overlay): Promise<void> {
    if (overlay.stop.signal.aborted) return;
    const { failed, files, filled, gate } = this.#options;
    try {
      await fill(overlay, gate, files.sizes.range);
      filled(overlay);
    } catch (thrown) {
      failed(overlay, thrown);
    }
  }
}

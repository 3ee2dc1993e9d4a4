import { type ByteStore, type Cancel, type Clock, messageOf, StorageError } from '@kstreams/core/graph';
import { collectGarbage } from './collect-garbage.js';
import type { CommitGate } from './commit-gate.js';
import type { Overlays } from './loading/overlays.js';
import type { Manifest } from './manifest.js';
import type { Settings } from './settings.js';
import type { Shard } from './shard.js';
import type { SnapshotFiles } from './snapshot-files.js';
import { writeSnapshot } from './write-snapshot.js';

/** The number of shards whose snapshots are written at the same time. */
const concurrency = 4;

/** The parts of a store that its snapshots involve. */
export interface SchedulerOptions {
  readonly shards: ReadonlyMap<string, Shard>;
  readonly files: SnapshotFiles;
  readonly local: ByteStore;
  readonly gate: CommitGate;
  readonly settings: Settings;
  readonly clock: Clock;
  readonly overlays: Overlays;
  /** Called with each snapshot that was written. */
  readonly written: (shard: Shard, manifest: Manifest) => Promise<void>;
}

/** Writes snapshots of shards when they are due, or when their changes take much memory. */
export class SnapshotScheduler {
  /** Snapshots by kind, and failed attempts. */
  readonly counts = { full: 0, delta: 0, failures: 0 };
  readonly #options: SchedulerOptions;
  readonly #running = new Map<Shard, Promise<void>>();
  readonly #stop = new AbortController();
  #timer: { readonly at: number; readonly cancel: Cancel } | undefined;
  #closing = false;
  /** True while snapshots fail; only the first failure is reported. */
  #failing = false;

  constructor(options: SchedulerOptions) {
    this.#options = options;
  }

  /** The memory of all changes, in bytes. */
  get bytes(): number {
    let sum = 0;
    for (const shard of this.#options.shards.values()) sum += shard.bytes;
    return sum;
  }

  /** Begins the snapshots that are due, and waits for the next one. Called after changes. */
  wake(): void {
    const { clock, shards } = this.#options;
    const now = clock.monotonic();
    this.#boundMemory(now);
    while (this.#running.size < concurrency) {
      const shard = this.#next(now);
      if (shard === undefined) break;
      const done = this.#run(shard).finally(() => {
        this.#running.delete(shard);
        this.wake();
      });
      this.#running.set(shard, done);
    }
    if (this.#closing) return;
    const next = Math.min(...[...shards.values()].map((shard) => this.#dueOf(shard)));
    if (next === Number.POSITIVE_INFINITY || (this.#timer !== undefined && this.#timer.at <= next)) return;
    this.#timer?.cancel();
    const fire = (): void => {
      this.#timer = undefined;
      this.wake();
    };
    this.#timer = { at: next, cancel: clock.after(Math.max(0, next - now), fire) };
  }

  /** Writes the snapshots of all changes, for up to a time in ms. */
  async close(time: number): Promise<void> {
    this.#closing = true;
    this.#timer?.cancel();
    const stop = (): void => this.#stop.abort(new StorageError('the application closes'));
    const cancel = this.#options.clock.after(time, stop);
    this.wake();
    await this.settled();
    cancel();
    stop();
  }

  /** Resolves when no snapshot is being written. */
  async settled(): Promise<void> {
    while (this.#running.size > 0) await Promise.all(this.#running.values());
  }

  /** True while a shard is loaded as a whole: it is written once it is. */
  #isLoading({ place }: Shard): boolean {
    const { overlays } = this.#options;
    return !overlays.areBounded && overlays.at(place) !== undefined;
  }

  /** Returns the monotonic time at which a shard is due, in ms; infinite while it is being written or loaded. */
  #dueOf(shard: Shard): number {
    if (this.#running.has(shard) || this.#isLoading(shard)) return Number.POSITIVE_INFINITY;
    if (this.#closing) return shard.due(0);
    const due = shard.due(this.#options.settings.every);
    return this.#options.overlays.areBounded ? due : Math.max(due, shard.restsUntil);
  }

  /** Returns a shard that is due, or the largest one if the changes take much memory. */
  #next(now: number): Shard | undefined {
    const { settings, shards } = this.#options;
    const waiting = [...shards.values()].filter((shard) => !this.#running.has(shard) && !this.#isLoading(shard));
    const due = waiting.find((shard) => this.#dueOf(shard) <= now);
    if (due !== undefined || this.bytes <= settings.memory) return due;
    return largest(waiting.filter((shard) => shard.due(0) <= now));
  }

  /**
   * Forgets changes that take much memory if all rows cost less, and changes that take twice the memory, as when the bucket cannot be
   * reached.
   */
  #boundMemory(now: number): void {
    const { settings, shards } = this.#options;
    for (let { bytes } = this; bytes > settings.memory; bytes = this.bytes) {
      const shard = largest([...shards.values()].filter((one) => !this.#running.has(one) && one.bytes > 0));
      if (shard === undefined) return;
      if (bytes <= 2 * settings.memory && !this.#prefersAllRows(shard, now)) return;
      shard.forget(now);
    }
  }

  /** True when the next snapshot of a shard should have all rows, in due time. Local rows with a bound cannot wait for it. */
  #prefersAllRows(shard: Shard, now: number): boolean {
    const { overlays, settings } = this.#options;
    return !this.#closing && !overlays.areBounded && shard.prefersAllRows(now, settings.every);
  }

  async #run(shard: Shard): Promise<void> {
    const { clock, files, gate, local, overlays, settings, written } = this.#options;
    const { signal } = this.#stop;
    const begin = clock.monotonic();
    const isEarly = shard.due(settings.every) > begin;
    try {
      await shard.findChain(files, signal);
      if (isEarly && this.#prefersAllRows(shard, begin)) {
        shard.forget(begin);
        return;
      }
      const taken = await gate.exclusive(() => shard.take(local, overlays.at(shard.place)));
      if (taken === undefined) return;
      const { position, rows } = taken;
      const manifest = await writeSnapshot(files, shard.place, position, rows, signal);
      shard.written(manifest, { begin, end: clock.monotonic(), isEarly });
      this.counts[rows.kind]++;
      await this.#clean(shard);
      await written(shard, manifest);
      this.#failing = false;
    } catch (thrown) {
      shard.failed(clock.monotonic());
      // A close that ends before the snapshot does leaves its changes to the changelog.
      if (!signal.aborted) this.#failed(shard, thrown);
    }
  }

  /**
   * Deletes what no restore needs. If segments of the newest snapshot are missing, another process deleted them because this
   * one was stalled for longer than the grace: withdraws the snapshot, and writes all rows again.
   */
  async #clean(shard: Shard): Promise<void> {
    const { clock, files, overlays, settings } = this.#options;
    const { signal } = this.#stop;
    const { chain: newest, place } = shard;
    if (newest === undefined) return;
    const missing = await collectGarbage({ files, shard, newest, grace: settings.grace, signal });
    if (missing.length === 0) return;
    await files.bucket.delete([place.manifest(newest.position)], signal);
    shard.withdraw(clock.monotonic());
    const error = new StorageError(
      `${files.bucket.name}: ${missing[0]} was deleted before its snapshot was written: ` +
        'make the option "grace" longer than snapshots take',
      undefined,
      true,
    );
    const overlay = overlays.at(place);
    if (overlay !== undefined) overlays.failed(overlay, error);
    throw error;
  }

  #failed({ place }: Shard, thrown: unknown): void {
    this.counts.failures++;
    if (this.#failing) return;
    this.#failing = true;
    const what = `the snapshot of store "${place.store}", partition ${place.partition}, failed and is tried again`;
    this.#options.settings.onFailure(new StorageError(`${what}: ${messageOf(thrown)}`, thrown));
  }
}

const largest = (shards: readonly Shard[]): Shard | undefined => [...shards].sort((a, b) => b.bytes - a.bytes)[0];

import { type LostRows, messageOf, StorageError } from '@kstreams/core/graph';
import type { Overlays } from './loading/overlays.js';
import type { Manifest } from './manifest.js';
import type { Settings } from './settings.js';
import { offsetOf, type ShardPlace } from './shard-place.js';
import type { SnapshotFiles } from './snapshot-files.js';

/** The number of shards whose snapshots are opened at the same time. */
const concurrency = 4;

/** Begins to load lost shards from their newest valid snapshots. */
export class Recovery {
  /** Recoveries by result. */
  readonly counts = { loaded: 0, none: 0 };
  readonly #files: SnapshotFiles;
  readonly #overlays: Overlays;
  readonly #settings: Pick<Settings, 'onFailure'>;
  readonly #stop = new AbortController();
  readonly #running = new Set<Promise<unknown>>();

  constructor(files: SnapshotFiles, overlays: Overlays, settings: Pick<Settings, 'onFailure'>) {
    this.#files = files;
    this.#overlays = overlays;
    this.#settings = settings;
  }

  /**
   * Begins to load a shard, whose local rows are missing. Returns the snapshot; undefined when there is no valid one, or when the bucket
   * cannot be read and all local rows may be restored.
   */
  async load(place: ShardPlace, lost: LostRows): Promise<Manifest | undefined> {
    while (this.#running.size >= concurrency) await Promise.race(this.#running);
    const signal = AbortSignal.any([lost.signal, this.#stop.signal]);
    const work = this.#load(place, lost, signal);
    // The caller receives the error.
    const settled = work.catch(() => {}).finally(() => this.#running.delete(settled));
    this.#running.add(settled);
    const manifest = await work;
    this.counts[manifest === undefined ? 'none' : 'loaded']++;
    return manifest;
  }

  /** Ends the searches under way. */
  async close(): Promise<void> {
    this.#stop.abort(new StorageError('the state is closed'));
    await Promise.all(this.#running);
  }

  async #load(place: ShardPlace, lost: LostRows, signal: AbortSignal): Promise<Manifest | undefined> {
    try {
      for (const key of await this.#newestFirst(place, lost, signal)) {
        if (this.#overlays.hasFailed(key)) continue;
        const manifest = await this.#files.readManifest(key, signal);
        if (manifest === undefined) this.#report(place, `the manifest ${key} is damaged`);
        else if (!lost.accepts(manifest.position)) await this.#files.bucket.delete([key], signal);
        else if (await this.#loadOne(place, manifest, signal)) return manifest;
      }
    } catch (thrown) {
      signal.throwIfAborted();
      // Without the bucket, the changelog would bring more rows than the bound.
      if (this.#overlays.areBounded) throw thrown;
      this.#report(place, messageOf(thrown), thrown);
    }
    return undefined;
  }

  async #newestFirst(place: ShardPlace, { topicId }: LostRows, signal: AbortSignal): Promise<readonly string[]> {
    const objects = await this.#files.bucket.list(place.manifests(topicId), signal);
    return objects.map(({ key }) => key).sort((a, b) => offsetOf(b) - offsetOf(a));
  }

  /** Begins to load a snapshot. Returns false when a part of it is missing or damaged. */
  async #loadOne(place: ShardPlace, manifest: Manifest, signal: AbortSignal): Promise<boolean> {
    try {
      await this.#overlays.begin(place, manifest, signal);
      return true;
    } catch (thrown) {
      if (!(thrown instanceof StorageError) || !thrown.damaged) throw thrown;
      this.#report(place, messageOf(thrown), thrown);
      return false;
    }
  }

  #report({ partition, store }: ShardPlace, problem: string, cause?: unknown): void {
    const what = `store "${store}", partition ${partition}, cannot be loaded from a snapshot`;
    const next = 'an older one is tried, then its changelog is read';
    this.#settings.onFailure(new StorageError(`${what}: ${problem}; ${next}`, cause));
  }
}

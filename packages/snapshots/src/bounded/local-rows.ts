import { type Bytes, bytesToId, concatBytes, idToBytes, StorageError, type Write } from '@kstreams/core/graph';
import type { Layer } from '../changes.js';
import type { CommitGate } from '../commit-gate.js';
import type { Overlay, ReadRows } from '../loading/overlay.js';
import type { Overlays } from '../loading/overlays.js';
import type { Manifest } from '../manifest.js';
import type { Settings } from '../settings.js';
import type { Shard } from '../shard.js';
import { rowsAtOnce } from '../sorted-rows.js';
import type { TrackedShards } from '../tracked-shards.js';
import { RecentKeys } from './recent-keys.js';

/** The share of the bound that is in use once rows were dropped. */
const keptShare = 0.9;

/** A pass over the local rows of a shard, in the order of their keys. */
interface Pass {
  readonly overlay: Overlay;
  /** The bytes of the rows when it began, about. */
  readonly bytes: number;
  /** The key from which on rows follow. */
  from: Bytes;
  /** The bytes of the rows that were kept and dropped. */
  kept: number;
  dropped: number;
}

/** The parts of a store that the bound of its local rows involves. */
export interface LocalRowsOptions {
  readonly overlays: Overlays;
  readonly shards: TrackedShards;
  readonly gate: CommitGate;
  readonly settings: Pick<Settings, 'disk' | 'reads'>;
}

/**
 * The local rows of shards that are larger than the disk. Rows that the newest snapshot has may be dropped at any time: those not
 * read lately are, once there are more than the bound. Rows that are read from a snapshot are kept locally.
 */
export class LocalRows implements ReadRows {
  readonly #options: LocalRowsOptions;
  readonly #recent = new RecentKeys();
  readonly #stop = new AbortController();
  /** Rows of snapshots that were read, by shard and by the id of their key. */
  readonly #read = new Map<Overlay, Map<string, Bytes>>();
  #readBytes = 0;
  #running: Promise<void> | undefined;
  #pass: Pass | undefined;
  /** The shard of the last pass. */
  #last: Overlay | undefined;
  /** The number of passes since one that dropped rows. */
  #idle = 0;
  /** True when no row can be dropped before the next snapshot. */
  #isStuck = false;

  constructor(options: LocalRowsOptions) {
    this.#options = options;
  }

  /** The bytes of the local rows, about. */
  get bytes(): number {
    return this.#options.overlays.all.reduce((sum, { bytes }) => sum + bytes, 0);
  }

  readonly hit = (key: Bytes): void => this.#recent.add(key);

  readonly missed = (overlay: Overlay, own: Bytes, value: Bytes): void => {
    const rows = this.#read.get(overlay) ?? new Map<string, Bytes>();
    this.#read.set(overlay, rows);
    const id = bytesToId(own);
    if (rows.has(id)) return;
    rows.set(id, value);
    this.#readBytes += own.length + value.length;
    if (this.#readBytes > this.#options.settings.reads) this.wake();
  };

  /** Keeps rows that were read, and drops others, where it is time. */
  wake(): void {
    const { disk, reads } = this.#options.settings;
    if (this.#running !== undefined || this.#stop.signal.aborted) return;
    const isOver = !this.#isStuck && this.bytes > disk;
    if (!isOver && this.#readBytes <= reads) return;
    const run = async (): Promise<void> => {
      if (this.#readBytes > reads) await this.#keepRead();
      while (this.#excess > 0 && !this.#isStuck && !this.#stop.signal.aborted) await this.#dropSome();
    };
    this.#running = run()
      .catch(() => {
        // The local store fails the next commit, too.
        this.#isStuck = true;
      })
      .finally(() => {
        this.#running = undefined;
      });
  }

  /** Takes a snapshot that was written in place of the one before: the rows that it has may be dropped. */
  async advance(shard: Shard, manifest: Manifest): Promise<void> {
    const { overlays, shards } = this.#options;
    const since = (before: Overlay | undefined): Layer | undefined => {
      if (shards.at(shard.place) !== shard || shard.chain !== manifest) return undefined;
      // Rows that were read are those of the snapshot before.
      if (before !== undefined) this.#read.delete(before);
      const { changes } = shard;
      return changes ?? (before && { cleared: before.marker.cleared, rows: new Map() });
    };
    const overlay = await overlays.advance(shard.place, manifest, since, this.#stop.signal);
    if (overlay === undefined) return;
    this.#isStuck = false;
    this.#idle = 0;
    await this.#dropDeletions(overlay, shard);
    this.wake();
  }

  /** Resolves when nothing is kept or dropped. */
  async settled(): Promise<void> {
    while (this.#running !== undefined) await this.#running;
  }

  async close(): Promise<void> {
    this.#stop.abort(new StorageError('the state is closed'));
    await this.settled();
  }

  /** The bytes to drop, about. */
  get #excess(): number {
    return this.bytes - keptShare * this.#options.settings.disk;
  }

  /** Writes rows of snapshots that were read, and that nothing has changed since. */
  async #keepRead(): Promise<void> {
    const { gate, overlays } = this.#options;
    await gate.exclusive(async () => {
      const read = [...this.#read];
      this.#read.clear();
      this.#readBytes = 0;
      for (const [overlay, rows] of read) {
        if (overlays.at(overlay.place) !== overlay) continue;
        const writes = [...rows]
          .map(([id, value]) => [concatBytes(overlay.place.prefix, idToBytes(id)), value] as const)
          .filter(([key]) => overlay.isBelow(key));
        await overlay.local.commit(writes);
        for (const [key, value] of writes) {
          overlay.bytes += key.length + value.length;
          this.#recent.add(key);
        }
      }
    });
  }

  /** Drops rows of the next keys that the snapshot has, unless they were read since the last pass. */
  async #dropSome(): Promise<void> {
    const { gate, overlays, shards } = this.#options;
    await gate.exclusive(async () => {
      const pass = this.#pass ?? this.#begin();
      if (pass === undefined) return;
      const { local, place } = pass.overlay;
      const shard = shards.at(place);
      const isOpen = shard !== undefined && overlays.at(place) === pass.overlay;
      const excess = this.#excess;
      const writes: Write[] = [];
      let [count, dropped] = [0, 0];
      for await (const [key, value] of local.scan(pass.from, place.range[1])) {
        if (++count > rowsAtOnce) break;
        const [id, bytes] = [bytesToId(key.subarray(place.prefix.length)), key.length + value.length];
        if (isOpen && dropped < excess && shard.isKept(id, pass.overlay.manifest) && !this.#recent.take(key)) {
          // The row may have been deleted, and come back before the snapshot.
          writes.push([key, undefined], [pass.overlay.deletion(id)[0], undefined]);
          dropped += bytes;
        } else pass.kept += bytes;
        pass.from = concatBytes(key, new Uint8Array(1));
      }
      await local.commit(writes);
      pass.dropped += dropped;
      pass.overlay.bytes -= dropped;
      if (count <= rowsAtOnce) this.#end(pass);
    });
  }

  /** Begins with the shard after that of the last pass. */
  #begin(): Pass | undefined {
    const { all } = this.#options.overlays;
    const overlay = all[(all.indexOf(this.#last as Overlay) + 1) % all.length];
    this.#isStuck ||= overlay === undefined || this.#idle > 2 * all.length;
    if (overlay === undefined || this.#isStuck) return undefined;
    this.#last = overlay;
    this.#pass = { overlay, bytes: overlay.bytes, from: overlay.place.prefix, kept: 0, dropped: 0 };
    return this.#pass;
  }

  /** Ends a pass. Bytes that were counted for rows which were written again are corrected. */
  #end({ bytes, dropped, kept, overlay }: Pass): void {
    overlay.bytes = kept + overlay.bytes - (bytes - dropped);
    this.#idle = dropped > 0 ? 0 : this.#idle + 1;
    this.#pass = undefined;
  }

  /** Forgets local deletes that the snapshot has. */
  async #dropDeletions(overlay: Overlay, shard: Shard): Promise<void> {
    const { gate } = this.#options;
    for await (const keys of overlay.deletions()) {
      await gate.exclusive(async () => {
        const kept = keys.filter(([, id]) => shard.isKept(id, overlay.manifest));
        await overlay.local.commit(kept.map(([key]) => [key, undefined]));
      });
    }
  }
}

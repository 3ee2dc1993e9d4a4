import { type ByteStore, type Bytes, bytesToId, type KeptRows, StorageError, type Write } from '@kstreams/core/graph';
import type { CommitGate } from '../commit-gate.js';
import { idAfter, partIn, prefixLength, ShardPlace } from '../shard-place.js';
import type { SnapshotFiles } from '../snapshot-files.js';
import { OwnedShard } from './owned-shard.js';

/** The parts of a store that its owned shards involve. */
export interface OwnedShardsOptions {
  readonly files: SnapshotFiles;
  readonly local: ByteStore;
  readonly gate: CommitGate;
  readonly root: string;
  readonly tailBytes: number;
}

interface Owned {
  readonly place: ShardPlace;
  readonly shard: OwnedShard;
}

/** The shards without a changelog that this process owns. */
export class OwnedShards {
  readonly #options: OwnedShardsOptions;
  /** By the id of their prefix. */
  readonly #shards = new Map<string, Owned>();
  readonly #stop = new AbortController();
  /** The work of the background, by shard. */
  readonly #running = new Map<OwnedShard, Promise<void>>();

  constructor(options: OwnedShardsOptions) {
    this.#options = options;
  }

  /** Takes a shard over from its former owner, which may be this process. */
  async acquire({ partition, signal, store }: KeptRows): Promise<void> {
    const { files, local, root, tailBytes } = this.#options;
    const place = new ShardPlace(root, store, partition);
    const id = bytesToId(place.prefix);
    this.#shards.delete(id);
    const ends = AbortSignal.any([signal, this.#stop.signal]);
    const shard = await OwnedShard.acquire({ place, files, local, tailBytes }, ends);
    this.#shards.set(id, { place, shard });
  }

  /** Commits the writes of owned shards to the bucket. Returns all writes for the local store. */
  async commit(writes: readonly Write[]): Promise<readonly Write[]> {
    if (this.#shards.size === 0) return writes;
    const changed = new Set<OwnedShard>();
    for (const [key, value] of writes) {
      const from = prefixLength(key);
      const shard = this.#shards.get(bytesToId(key.subarray(0, from)))?.shard;
      if (shard === undefined) continue;
      shard.put(idAfter(key, from), value);
      changed.add(shard);
    }
    if (changed.size === 0) return writes;
    const results = await Promise.allSettled([...changed].map((shard) => shard.commit(this.#stop.signal)));
    const failed = results.find(({ status }) => status === 'rejected');
    if (failed?.status === 'rejected') {
      for (const shard of changed) shard.fail(failed.reason);
      throw failed.reason;
    }
    for (const shard of changed) this.#clean(shard);
    return [...writes, ...results.flatMap((one) => (one.status === 'fulfilled' ? [one.value] : []))];
  }

  /** Refuses later commits, after one that the local store did not take. */
  fail(thrown: unknown): void {
    for (const { shard } of this.#shards.values()) shard.fail(thrown);
  }

  /** Clears a range of keys. */
  clear(from: Bytes, to: Bytes): void {
    for (const { place, shard } of this.#shards.values()) {
      const part = partIn(place, from, to);
      if (part === 'whole') shard.clear();
      else if (part !== 'none') shard.clear([part.from, part.to]);
    }
  }

  /** Forgets all shards: the local rows are gone. */
  forget(): void {
    this.#shards.clear();
  }

  /** Resolves when nothing is written in the background. */
  async settled(): Promise<void> {
    while (this.#running.size > 0) await Promise.all(this.#running.values());
  }

  async close(): Promise<void> {
    this.#stop.abort(new StorageError('the state is closed'));
    await this.settled();
  }

  /** Deletes what the commit dropped, and writes all rows of a shard whose deltas are large. Another commit tries again. */
  #clean(shard: OwnedShard): void {
    if (this.#running.has(shard)) return;
    const dropped = shard.takeDropped();
    if (dropped.length === 0 && !shard.outgrown) return;
    const { files } = this.#options;
    const run = async (): Promise<void> => {
      await files.bucket.delete(dropped, this.#stop.signal);
      if (shard.outgrown) await this.#compact(shard);
    };
    // The next owner deletes what is left.
    const work = run()
      .catch(() => {})
      .finally(() => this.#running.delete(shard));
    this.#running.set(shard, work);
  }

  async #compact(shard: OwnedShard): Promise<void> {
    const { gate } = this.#options;
    const write = await gate.exclusive(() => shard.beginCompaction());
    const finish = await write(this.#stop.signal);
    await gate.exclusive(async () => finish());
  }
}

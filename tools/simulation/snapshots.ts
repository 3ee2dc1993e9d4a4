/** Copies of state in a faulty bucket, for a scenario. */
import { Random, type Seams } from '@kstreams/simulation';
import type { Bucket, BucketRead, Clock } from 'kstreams/authors';
import { markerKey } from '../../packages/snapshots/src/loading/load-marker.js';
import { RetryingBucket } from '../../packages/snapshots/src/retrying-bucket.js';
import type { Settings } from '../../packages/snapshots/src/settings.js';
import { ShardPlace } from '../../packages/snapshots/src/shard-place.js';
import { SnapshotStore } from '../../packages/snapshots/src/snapshot-store.js';
import { MemoryBucket } from '../../packages/snapshots/test/memory-bucket.js';

/** Times of snapshots, in virtual ms. */
export interface Snapshots {
  readonly every: number;
  readonly grace: number;
  /** The longest time that the read of a block takes, in virtual ms. */
  readonly latency: number;
  /** The number of objects that are not found although they exist, at most. */
  readonly missing: number;
}

/** The odds of the faults of one call, and of a lost disk at a start. */
const odds = { unavailable: 0.05, lostResponse: 0.05, missing: 0.01, lostDisk: 0.4 };

const allKeys = [new Uint8Array(), new Uint8Array([0xff])] as const;

/** Draws the settings of snapshots. */
export const randomSnapshots = (random: Random): Snapshots => ({
  every: random.pick([5, 50, 200]),
  grace: random.pick([500, 60_000]),
  latency: random.pick([0, 100, 1_000]),
  missing: random.below(3),
});

/** Keeps the state of all processes on their disks, with copies in one bucket. */
export const withSnapshots = (
  seed: number,
  { every, grace, latency, missing }: Snapshots,
): ((seams: Seams) => Seams) => {
  const random = new Random(seed ^ 0xb0c4);
  const objects = new MemoryBucket();
  const faults = { latency, missing };
  const settings: Settings = {
    root: '',
    every,
    grace,
    memory: 5_000,
    sizes: { block: 1, segment: 100, range: 1 },
    blocks: 2_000,
    tail: 1_000,
    onFailure: () => {},
  };
  return (seams) => ({
    ...seams,
    state: {
      name: `snapshots of ${seams.state.name}`,
      open: async (folder, options) => {
        const local = await seams.state.open(folder, options);
        if (random.chance(odds.lostDisk)) await local.clear(...allKeys);
        const bucket = new RetryingBucket(faultyBucket(objects, random, seams.clock, faults), seams.clock);
        return SnapshotStore.open(local, bucket, settings, seams.clock);
      },
    },
  });
};

/** True when a disk lacks rows of a partition, since a process ended while it loaded them. */
export const isLoading = (keys: { has(key: string): boolean }, store: string, partition: number): boolean =>
  keys.has(String.fromCharCode(...markerKey(new ShardPlace('', store, partition))));

/** Returns the bucket for one process. Its calls take steps of the process, and never return once that is dead. */
const faultyBucket = (
  objects: MemoryBucket,
  random: Random,
  clock: Clock,
  faults: { readonly latency: number; missing: number },
): Bucket => {
  const step = (ms = 0): Promise<void> =>
    new Promise((resolve) => {
      clock.after(ms, resolve);
    });
  const isBlock = (key: string, range: BucketRead['range']): boolean =>
    range !== undefined && range.offset + range.length < (objects.objects.get(key)?.bytes.length ?? 0);
  const call = async <T>(work: () => Promise<T>): Promise<T> => {
    await step();
    objects.now = clock.monotonic();
    if (random.chance(odds.unavailable)) throw new Error('503 Slow Down');
    const result = await work();
    await step();
    if (random.chance(odds.lostResponse)) throw new Error('socket hang up');
    return result;
  };
  return {
    name: 'simulated bucket',
    get: (key, options) =>
      call(async () => {
        if (isBlock(key, options?.range)) await step(random.below(faults.latency + 1));
        if (faults.missing === 0 || !random.chance(odds.missing)) return objects.get(key, options);
        faults.missing--;
        return undefined;
      }),
    put: (key, bytes, options) => call(() => objects.put(key, bytes, options)),
    getVersion: (key, options) => call(() => objects.getVersion(key, options)),
    replace: (key, bytes, version, options) => call(() => objects.replace(key, bytes, version, options)),
    list: async function* (prefix, options) {
      yield* await call(async () => objects.list(prefix, options));
    },
    delete: (keys, options) => call(() => objects.delete(keys, options)),
  };
};

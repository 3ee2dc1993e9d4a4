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
  /** The bound of the local rows, in bytes. */
  readonly disk: number;
}

/** The odds of the faults of one call, and of a lost disk at a start. */
const odds = { unavailable: 0.05, lostResponse: 0.05, missing: 0.01, lostDisk: 0.4 };

/** The most failures in a row of the calls for one key: a commit that waits for longer than a poll may is no fault of its process. */
const mostFailures = 2;

const allKeys = [new Uint8Array(), new Uint8Array([0xff])] as const;

/** Draws the settings of snapshots. */
export const randomSnapshots = (random: Random): Snapshots => ({
  every: random.pick([5, 50, 200]),
  grace: random.pick([500, 60_000]),
  latency: random.pick([0, 100, 1_000]),
  missing: random.below(3),
  disk: random.pick([Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY, 500]),
});

/** Keeps the state of all processes on their disks, with copies in one bucket. */
export const withSnapshots = (
  seed: number,
  { disk, every, grace, latency, missing }: Snapshots,
): ((seams: Seams) => Seams) => {
  const random = new Random(seed ^ 0xb0c4);
  const objects = new MemoryBucket();
  const faults = { latency, missing };
  const settings: Settings = {
    root: '',
    every,
    grace,
    memory: 5_000,
    disk,
    reads: 100,
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
  const failures = new Map<string, number>();
  const fail = (key: string, chance: number, message: string): void => {
    const before = failures.get(key) ?? 0;
    if (before >= mostFailures || !random.chance(chance)) return;
    failures.set(key, before + 1);
    throw new Error(message);
  };
  const call = async <T>(key: string, work: () => Promise<T>): Promise<T> => {
    await step();
    objects.now = clock.monotonic();
    fail(key, odds.unavailable, '503 Slow Down');
    const result = await work();
    await step();
    fail(key, odds.lostResponse, 'socket hang up');
    failures.delete(key);
    return result;
  };
  return {
    name: 'simulated bucket',
    get: (key, options) =>
      call(key, async () => {
        if (isBlock(key, options?.range)) await step(random.below(faults.latency + 1));
        if (faults.missing === 0 || !random.chance(odds.missing)) return objects.get(key, options);
        faults.missing--;
        return undefined;
      }),
    put: (key, bytes, options) => call(key, () => objects.put(key, bytes, options)),
    getVersion: (key, options) => call(key, () => objects.getVersion(key, options)),
    replace: (key, bytes, version, options) => call(key, () => objects.replace(key, bytes, version, options)),
    list: async function* (prefix, options) {
      yield* await call(prefix, async () => objects.list(prefix, options));
    },
    delete: (keys, options) => call(keys.join(), () => objects.delete(keys, options)),
  };
};

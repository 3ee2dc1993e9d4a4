import {
  type Backend,
  type Bucket,
  checkOptions,
  checkValue,
  type Duration,
  type OptionChecks,
  option,
  type StorageError,
  systemClock,
  toMilliseconds,
  toPositiveMilliseconds,
} from '@kstreams/core/graph';
import { RetryingBucket } from './retrying-bucket.js';
import { segmentSizes } from './segment/write-segments.js';
import { SnapshotStore } from './snapshot-store.js';

/** Options of {@link snapshots}. */
export interface SnapshotsOptions {
  /** The prefix of all keys in the bucket, one for each application, such as `shop`. None by default. */
  readonly prefix?: string;
  /**
   * The longest time between a change and the snapshot that has it; 5 minutes by default. It is longer while rows change so fast that
   * all of them are written: ten times as long as that takes.
   */
  readonly every?: Duration;
  /**
   * Memory for changed rows that no snapshot has yet, in bytes; 32 MiB by default. Snapshots are written earlier when it is
   * used up, unless rows change so fast that all of them cost less in due time. At twice the memory, changes are given up, and the
   * next snapshot has all rows.
   */
  readonly memory?: number;
  /**
   * The most bytes of rows on the local disk, about, for state that is larger than it; all rows are there unless set. Rows not used
   * lately are then read from the bucket, and records wait for them. Not for stores with `changelog: false`, nor for
   * global tables.
   */
  readonly disk?: number;
  /**
   * The time for which a snapshot is kept after a newer one replaced it; 1 hour by default. Make it longer than a restore or
   * a snapshot takes.
   */
  readonly grace?: Duration;
  /**
   * Receives the first of a series of failed snapshots, which are tried again, and each snapshot that cannot be loaded; logs
   * a warning by default.
   */
  readonly onFailure?: (error: StorageError) => void;
}

const checks: OptionChecks<SnapshotsOptions> = {
  prefix: option.text,
  every: option.duration,
  memory: option.count,
  disk: option.count,
  grace: option.duration,
  onFailure: option.fn,
};

/**
 * Keeps state in a local backend, with a copy of each store and partition in a bucket. A process without local rows begins
 * with the newest snapshot and reads only the rest from the changelog. Its rows are loaded while
 * records are processed. The changelog stays the authority: without a snapshot, or without the bucket, it is read whole.
 * Stores with `changelog: false` are kept with a put for each commit and partition, at-least-once only, unless they are
 * `disposable`. Global tables have no copy.
 *
 * @example
 * const state = snapshots(level(), folder('/mnt/shared/states'), { prefix: 'shop', every: '1m' })
 * const app = await start(shop, { state })
 */
export const snapshots = (local: Backend, bucket: Bucket, options: SnapshotsOptions = {}): Backend => {
  checkValue('"local" of snapshots', local, option.backend);
  checkValue('"bucket" of snapshots', bucket, option.bucket);
  checkOptions('snapshots', options, checks);
  const { disk = Number.POSITIVE_INFINITY, every = '5m', grace = '1h', onFailure = warn, prefix } = options;
  const { memory = 32 * 1_024 ** 2 } = options;
  const settings = {
    root: prefix === undefined ? '' : `${prefix.replace(/\/+$/, '')}/`,
    every: toPositiveMilliseconds(every, 'the option "every" of snapshots'),
    grace: toMilliseconds(grace, 'the option "grace" of snapshots'),
    // Changed rows can be dropped once a snapshot has them.
    memory: Math.min(memory, disk / 4),
    disk,
    sizes: segmentSizes,
    blocks: blockMemory,
    reads: readMemory,
    tail: tailMemory,
    onFailure,
  };
  return {
    name: `snapshots of ${local.name}`,
    open: async (folder, backend = {}) =>
      SnapshotStore.open(
        await local.open(folder, backend),
        new RetryingBucket(bucket, systemClock),
        settings,
        systemClock,
        backend.telemetry,
      ),
  };
};

/** The memory for blocks of snapshots that are being loaded, in bytes: more than records in flight read. */
const blockMemory = 64 * 1_024 ** 2;

/** The bytes of rows that were read from snapshots, from which on they are written to a local store with a bound. */
const readMemory = 256 * 1_024;

/**
 * The memory of the changes that are written again with each commit of a store without a changelog, in bytes. A request costs
 * more than as many bytes.
 */
const tailMemory = 128 * 1_024;

const warn = (error: StorageError): void => console.warn(`[snapshot-failed] ${error.message}`);

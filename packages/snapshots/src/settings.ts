import type { StorageError } from '@kstreams/core/graph';
import type { SegmentSizes } from './segment/write-segments.js';

/** The settings of snapshots, in ms and bytes. */
export interface Settings {
  /** The prefix of all keys, empty or with a slash at its end. */
  readonly root: string;
  readonly every: number;
  readonly memory: number;
  /** The bound of the local rows; infinite without one. */
  readonly disk: number;
  readonly grace: number;
  readonly sizes: SegmentSizes;
  /** The memory for blocks of snapshots that are being loaded. */
  readonly blocks: number;
  /** The bytes of rows that were read from snapshots, from which on they are written to a local store with a bound. */
  readonly reads: number;
  /** The memory of the changes that a commit without a changelog has in its owner object. */
  readonly tail: number;
  readonly onFailure: (error: StorageError) => void;
}

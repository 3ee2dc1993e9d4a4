import type { Received } from '@kstreams/core/graph';
import { encodeFinished } from './finished-offsets.js';
import type { InFlightRecords, TrackedPartition } from './in-flight-records.js';
import { finishedLimit } from './offset-metadata.js';
import { type PartitionProgress, progressOf } from './partition-progress.js';

/** Any pattern of finished offsets within this distance fits into the metadata, with a bit for each. */
const anyPattern = 15_000;
/** Number of records between two checks. They add less than `spare` bytes. */
const between = 64;
const spare = 600;

/** Checks that the offsets finished beyond the oldest unfinished record of a partition fit into the commit metadata. */
export class OffsetMetadataBudget {
  readonly #partition: TrackedPartition;
  readonly #inFlight: InFlightRecords;
  #nextCheck = 0;
  /** The number of unfinished records when the budget was spent. */
  #spentAt: number | undefined;

  constructor(partition: TrackedPartition, inFlight: InFlightRecords) {
    this.#partition = partition;
    this.#inFlight = inFlight;
  }

  /** True when no more records may be taken in, until some have finished. */
  get spent(): boolean {
    const { source, unfinished } = this.#partition;
    const { nextOffset = 0 } = source;
    if (nextOffset < this.#nextCheck) return false;
    if (unfinished === this.#spentAt) return true;
    this.#spentAt = undefined;
    if (unfinished === 0) return false;
    const [oldest] = this.#inFlight.of(this.#partition);
    if (oldest === undefined) return false;
    const tight = (oldest.received as Received).offset + anyPattern;
    this.#nextCheck = Math.max(nextOffset + between, tight);
    if (nextOffset < tight) return false;
    const progress = progressOf(source, this.#inFlight.of(this.#partition)) as PartitionProgress;
    if (encodeFinished(progress.offset, progress.finished).length <= finishedLimit - spare) return false;
    this.#nextCheck = 0;
    this.#spentAt = unfinished;
    return true;
  }
}

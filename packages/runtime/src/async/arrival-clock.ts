import type { Journal } from '@kstreams/core/graph';
import type { InFlightRecords } from './in-flight-records.js';

/** A timestamp that counts once everything that began before `sequence` is finished. */
interface EarlyTimestamp {
  readonly sequence: number;
  readonly timestamp: number;
}

/** Maximum number of separate early timestamps. More are merged, and count a little later. */
const limit = 1_024;

/**
 * The clock of an operator behind an async stage: the largest timestamp of the records before which nothing is
 * unfinished. It is never ahead of the time it would have if every call had ended at once.
 */
export class ArrivalClock {
  readonly #inFlight: InFlightRecords;
  readonly #journal: Journal;
  /** Returns true while an operator above emits because its clock advances: what arrived early comes after it. */
  readonly #advancing: () => boolean;
  #early: readonly EarlyTimestamp[] = [];
  #time = -1;

  constructor(inFlight: InFlightRecords, journal: Journal, advancing = () => false) {
    this.#inFlight = inFlight;
    this.#journal = journal;
    this.#advancing = advancing;
  }

  /** Adds the timestamp of a record and returns the time with it. */
  arrive(timestamp: number): number {
    const { sequence } = this.#inFlight.current;
    const [early, time] = [this.#early, this.#time];
    this.#journal.undo?.(() => {
      this.#early = early;
      this.#time = time;
    });
    if (sequence <= this.#frontier()) {
      this.#time = Math.max(time, timestamp);
    } else {
      const at = early.findLastIndex((one) => one.sequence <= sequence) + 1;
      this.#early = thinned([...early.slice(0, at), { sequence, timestamp }, ...early.slice(at)]);
    }
    return this.#advancing() ? this.#time : this.move();
  }

  /** Number of timestamps that do not count yet. */
  get waiting(): number {
    return this.#early.length;
  }

  /** Includes the timestamps that count by now and returns the time. */
  move(): number {
    const [first] = this.#early;
    if (first === undefined || first.sequence > this.#frontier()) return this.#time;
    const later = this.#early.findIndex(({ sequence }) => sequence > this.#frontier());
    const counted = later < 0 ? this.#early : this.#early.slice(0, later);
    this.#early = later < 0 ? [] : this.#early.slice(later);
    for (const { timestamp } of counted) this.#time = Math.max(this.#time, timestamp);
    return this.#time;
  }

  #frontier(): number {
    return this.#inFlight.oldest?.sequence ?? Number.POSITIVE_INFINITY;
  }
}

/** Merges neighbours where there are too many: the later sequence, the larger timestamp. */
const thinned = (early: readonly EarlyTimestamp[]): readonly EarlyTimestamp[] => {
  if (early.length <= limit) return early;
  const pairs: EarlyTimestamp[] = [];
  for (let i = 0; i < early.length; i += 2) {
    const [one, other] = [early[i] as EarlyTimestamp, early[i + 1]];
    pairs.push(
      other === undefined ? one : { sequence: other.sequence, timestamp: Math.max(one.timestamp, other.timestamp) },
    );
  }
  return pairs;
};

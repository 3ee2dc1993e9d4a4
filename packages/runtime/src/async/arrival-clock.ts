import type { Journal } from '@kstreams/core/graph';
import type { Origins } from './origins.js';

/** A timestamp that came before its turn: it counts once all that began before `place` is finished. */
interface Early {
  readonly place: number;
  readonly timestamp: number;
}

/** How many early timestamps are told apart; more are put together, and count a little later. */
const limit = 1_024;

/**
 * The clock of an operator behind an async stage: the largest timestamp among the records that came and before which
 * nothing is unfinished. So it is never ahead of where it would be if every call had been answered at once.
 */
export class ArrivalClock {
  readonly #origins: Origins;
  readonly #journal: Journal;
  #early: readonly Early[] = [];
  #time = -1;

  constructor(origins: Origins, journal: Journal) {
    this.#origins = origins;
    this.#journal = journal;
  }

  /** A record came; answers the time as it is with it. */
  arrive(timestamp: number): number {
    const { place } = this.#origins.current;
    const [early, time] = [this.#early, this.#time];
    this.#journal.undo?.(() => {
      this.#early = early;
      this.#time = time;
    });
    if (place <= this.#frontier()) {
      this.#time = Math.max(time, timestamp);
    } else {
      const at = early.findLastIndex((one) => one.place <= place) + 1;
      this.#early = thinned([...early.slice(0, at), { place, timestamp }, ...early.slice(at)]);
    }
    return this.move();
  }

  /** How many timestamps are kept that do not count yet. */
  get waiting(): number {
    return this.#early.length;
  }

  /** Takes in what counts by now, and answers the time. */
  move(): number {
    const [first] = this.#early;
    if (first === undefined || first.place > this.#frontier()) return this.#time;
    const later = this.#early.findIndex(({ place }) => place > this.#frontier());
    const counted = later < 0 ? this.#early : this.#early.slice(0, later);
    this.#early = later < 0 ? [] : this.#early.slice(later);
    for (const { timestamp } of counted) this.#time = Math.max(this.#time, timestamp);
    return this.#time;
  }

  #frontier(): number {
    return this.#origins.oldest?.place ?? Number.POSITIVE_INFINITY;
  }
}

/** Puts neighbours together where there are too many: the later place, the larger timestamp. */
const thinned = (early: readonly Early[]): readonly Early[] => {
  if (early.length <= limit) return early;
  const pairs: Early[] = [];
  for (let i = 0; i < early.length; i += 2) {
    const [one, other] = [early[i] as Early, early[i + 1]];
    pairs.push(other === undefined ? one : { place: other.place, timestamp: Math.max(one.timestamp, other.timestamp) });
  }
  return pairs;
};

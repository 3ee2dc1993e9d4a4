import type { Cancel, Clock } from '@kstreams/core/graph';
import type { SampledRecord } from '../protocol.js';

/** The most records that are sampled in a span, and its length in ms: 20 per second. */
const [samples, span] = [5, 250];

/** The records that are kept. */
const kept = 50;

/** The latest sampled records of one place. Sampling a record costs its JSON; any other one costs a comparison. */
export class SampledRecords {
  readonly #clock: Pick<Clock, 'after'>;
  #records: readonly SampledRecord[] = [];
  #seen = 0;
  #left = samples;
  #cancelRefill: Cancel;

  constructor(clock: Pick<Clock, 'after'>) {
    this.#clock = clock;
    this.#cancelRefill = this.#refillLater();
  }

  /** The number of records that were offered. */
  get seen(): number {
    return this.#seen;
  }

  /** The sampled records, the oldest first. */
  get records(): readonly SampledRecord[] {
    return this.#records;
  }

  /** Offers a record, which `sample` returns if it is sampled. */
  offer(sample: () => Omit<SampledRecord, 'number'> | undefined): void {
    this.#seen++;
    if (this.#left === 0) return;
    this.#left--;
    const sampled = sample();
    if (sampled !== undefined) this.#records = [...this.#records.slice(1 - kept), { ...sampled, number: this.#seen }];
  }

  /** Ends the sampling. */
  close(): void {
    this.#cancelRefill();
  }

  #refillLater(): Cancel {
    return this.#clock.after(span, () => {
      this.#left = samples;
      this.#cancelRefill = this.#refillLater();
    });
  }
}

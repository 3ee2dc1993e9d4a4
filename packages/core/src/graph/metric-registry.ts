import type { Cancel } from './clock.js';
import { type Attributes, type Histogram, type Instrument, latencyLimits, type Telemetry } from './telemetry.js';

/** A distribution of values. */
export interface Distribution {
  readonly count: number;
  readonly sum: number;
  /** The limits of the buckets, ascending. A value belongs to the first bucket with a limit that is not below it. */
  readonly limits: readonly number[];
  /** The number of values per bucket. The last one, beyond the limits, counts values above all of them. */
  readonly counts: readonly number[];
}

/** One series at one collection. */
export type Point =
  | {
      readonly instrument: Instrument<'counter' | 'gauge'>;
      readonly attributes: Attributes;
      readonly value: number;
    }
  | {
      readonly instrument: Instrument<'histogram'>;
      readonly attributes: Attributes;
      readonly value: Distribution;
    };

interface Series {
  readonly instrument: Instrument;
  readonly attributes: Attributes;
  readonly read: () => number | Distribution | undefined;
}

/**
 * Keeps metrics in memory and returns them at each `collect`. Serves exporters that are scraped, and tests.
 *
 * @example
 * const metrics = new MetricRegistry()
 * const app = await start(shop, { telemetry: metrics })
 * const lags = metrics.collect().filter(({ instrument }) => instrument.name === 'kstreams.lag')
 */
export class MetricRegistry implements Telemetry {
  readonly #series = new Map<string, Series>();

  counter(instrument: Instrument<'counter'>, attributes: Attributes, read: () => number): Cancel {
    return this.#add({ instrument, attributes, read });
  }

  gauge(instrument: Instrument<'gauge'>, attributes: Attributes, read: () => number | undefined): Cancel {
    return this.#add({ instrument, attributes, read });
  }

  histogram(instrument: Instrument<'histogram'>, attributes: Attributes): Histogram {
    const buckets = new Buckets(instrument.limits ?? latencyLimits);
    const remove = this.#add({ instrument, attributes, read: () => buckets.distribution() });
    return { record: (value) => buckets.add(value), remove };
  }

  /** Returns the current point of each series. Gauges without a finite value are missing. */
  collect(): readonly Point[] {
    const points: Point[] = [];
    for (const { attributes, instrument, read } of this.#series.values()) {
      const value = read();
      if (value === undefined || (typeof value === 'number' && !Number.isFinite(value))) continue;
      points.push({ instrument, attributes, value } as Point);
    }
    return points;
  }

  #add(series: Series): Cancel {
    const { attributes, instrument } = series;
    const id = JSON.stringify([instrument.name, ...Object.entries(attributes).sort(byName)]);
    this.#series.set(id, series);
    return () => {
      if (this.#series.get(id) === series) this.#series.delete(id);
    };
  }
}

/** Values of a histogram by bucket. */
class Buckets {
  readonly #limits: readonly number[];
  readonly #counts: number[];
  #count = 0;
  #sum = 0;

  constructor(limits: readonly number[]) {
    this.#limits = limits;
    this.#counts = new Array<number>(limits.length + 1).fill(0);
  }

  add(value: number): void {
    let bucket = 0;
    while (bucket < this.#limits.length && value > (this.#limits[bucket] as number)) bucket++;
    this.#counts[bucket] = (this.#counts[bucket] as number) + 1;
    this.#count++;
    this.#sum += value;
  }

  distribution(): Distribution {
    return { count: this.#count, sum: this.#sum, limits: this.#limits, counts: [...this.#counts] };
  }
}

const byName = ([a]: [string, unknown], [b]: [string, unknown]): number => (a < b ? -1 : 1);

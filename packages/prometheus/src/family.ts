import type { Attributes, Cancel, Histogram, Instrument } from '@kstreams/core/graph';
import { latencyLimits } from '@kstreams/core/graph';
import { labelName, metricName } from './metric-names.js';

/** One sample of a scrape, as prom-client writes it. */
interface Sample {
  readonly metricName?: string;
  readonly labels: Readonly<Record<string, string | number>>;
  readonly value: number;
}

interface Series {
  readonly samples: () => readonly Sample[];
}

/** All series of one instrument. A registry of prom-client calls `get` at each scrape. */
export class Family {
  readonly name: string;
  readonly help: string;
  readonly type: Instrument['kind'];
  /** Merges the metrics of several processes, as prom-client does for its cluster module. */
  readonly aggregator = 'sum';
  readonly #instrument: Instrument;
  readonly #series = new Map<string, Series>();

  constructor(instrument: Instrument) {
    this.#instrument = instrument;
    this.name = metricName(instrument);
    this.help = instrument.description;
    this.type = instrument.kind;
  }

  /** Adds a series of a counter or a gauge. It is missing from a scrape while it has no finite value. */
  addValue(attributes: Attributes, read: () => number | undefined): Cancel {
    const labels = labelsOf(attributes);
    const samples = (): readonly Sample[] => {
      const value = read();
      return value === undefined || !Number.isFinite(value) ? [] : [{ labels, value }];
    };
    return this.#add(labels, { samples });
  }

  /** Adds a series of a histogram. */
  addHistogram(attributes: Attributes): Histogram {
    const labels = labelsOf(attributes);
    const limits = this.#instrument.limits ?? latencyLimits;
    const counts = new Array<number>(limits.length + 1).fill(0);
    let sum = 0;
    const remove = this.#add(labels, { samples: () => bucketSamples(this.name, labels, limits, counts, sum) });
    const record = (value: number): void => {
      let bucket = 0;
      while (bucket < limits.length && value > (limits[bucket] as number)) bucket++;
      counts[bucket] = (counts[bucket] as number) + 1;
      sum += value;
    };
    return { record, remove };
  }

  /** Returns the current samples. */
  async get() {
    const values = [...this.#series.values()].flatMap(({ samples }) => samples());
    return { name: this.name, help: this.help, type: this.type, aggregator: this.aggregator, values };
  }

  /** Does nothing: counters of an application never decrease. Called by `resetMetrics` of a registry. */
  reset(): void {}

  #add(labels: Sample['labels'], series: Series): Cancel {
    const id = JSON.stringify(Object.entries(labels).sort(([a], [b]) => (a < b ? -1 : 1)));
    this.#series.set(id, series);
    return () => {
      if (this.#series.get(id) === series) this.#series.delete(id);
    };
  }
}

const labelsOf = (attributes: Attributes): Sample['labels'] =>
  Object.fromEntries(Object.entries(attributes).map(([name, value]) => [labelName(name), String(value)]));

/** Returns the cumulative buckets of a histogram, its sum and its count. */
const bucketSamples = (
  name: string,
  labels: Sample['labels'],
  limits: readonly number[],
  counts: readonly number[],
  sum: number,
): readonly Sample[] => {
  let below = 0;
  const buckets = counts.map((count, bucket) => {
    below += count;
    return { metricName: `${name}_bucket`, labels: { ...labels, le: limits[bucket] ?? '+Inf' }, value: below };
  });
  return [
    ...buckets,
    { metricName: `${name}_sum`, labels, value: sum },
    { metricName: `${name}_count`, labels, value: below },
  ];
};

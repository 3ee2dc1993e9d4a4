import { type Attributes, type Distribution, type Instrument, MetricRegistry, type Point } from '@kstreams/core/graph';
import { labelName, metricName } from './metric-names.js';

/** One sample of a scrape, as prom-client writes it. */
interface Sample {
  readonly metricName?: string;
  readonly labels: Readonly<Record<string, string | number>>;
  readonly value: number;
}

/** All series of one instrument. A registry of prom-client calls `get` at each scrape. */
export class Family {
  readonly name: string;
  readonly help: string;
  readonly type: Instrument['kind'];
  /** Merges the metrics of several processes, as prom-client does for its cluster module. */
  readonly aggregator = 'sum';
  readonly series = new MetricRegistry();

  constructor(instrument: Instrument) {
    this.name = metricName(instrument);
    this.help = instrument.description;
    this.type = instrument.kind;
  }

  /** Returns the current samples. */
  async get() {
    const values = this.series.collect().flatMap((point) => samplesOf(this.name, point));
    return { name: this.name, help: this.help, type: this.type, aggregator: this.aggregator, values };
  }

  /** Does nothing: counters of an application never decrease. Called by `resetMetrics` of a registry. */
  reset(): void {}
}

const samplesOf = (name: string, { attributes, value }: Point): readonly Sample[] => {
  const labels = labelsOf(attributes);
  return typeof value === 'number' ? [{ labels, value }] : bucketSamples(name, labels, value);
};

const labelsOf = (attributes: Attributes): Sample['labels'] =>
  Object.fromEntries(Object.entries(attributes).map(([name, value]) => [labelName(name), String(value)]));

/** Returns the cumulative buckets of a histogram, its sum and its count. */
const bucketSamples = (
  name: string,
  labels: Sample['labels'],
  { count, counts, limits, sum }: Distribution,
): readonly Sample[] => {
  let below = 0;
  const buckets = counts.map((inBucket, bucket) => {
    below += inBucket;
    return { metricName: `${name}_bucket`, labels: { ...labels, le: limits[bucket] ?? '+Inf' }, value: below };
  });
  return [
    ...buckets,
    { metricName: `${name}_sum`, labels, value: sum },
    { metricName: `${name}_count`, labels, value: count },
  ];
};

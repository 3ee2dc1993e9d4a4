/** Rates and latencies from two reports of each process. */
import type { HistogramBody, MetricBody, ProcessBody } from '../../src/protocol.js';

/** Values of all processes between two reports, by name. */
export interface Rates {
  /** Records per second along each edge, by `<from> <to>`. */
  readonly edges: ReadonlyMap<string, number>;
  /** Offsets that are left to read, by topic. */
  readonly lags: ReadonlyMap<string, number>;
  /** Records processed per second, in all. */
  readonly processed: number;
  /** Records dropped per second, by `<node> <reason>`. */
  readonly drops: ReadonlyMap<string, number>;
  /** The latency of records, by sub-topology; those with records only. */
  readonly latencies: ReadonlyMap<number, Quantiles>;
}

/** Two quantiles, in seconds. */
export interface Quantiles {
  readonly p50: number;
  readonly p99: number;
}

/** Returns the rates between two reports. A process that is in one of them only, or was started again, counts from the next one. */
export const ratesOf = (before: readonly ProcessBody[], now: readonly ProcessBody[]): Rates => {
  const edges = new Map<string, number>();
  const lags = new Map<string, number>();
  const drops = new Map<string, number>();
  const latencies = new Map<number, HistogramBody[]>();
  let processed = 0;
  for (const process of now) {
    for (const { lags: own } of process.tasks) for (const { lag, topic } of own) add(lags, topic, lag);
    const earlier = before.find((one) => one.instance === process.instance && one.at < process.at);
    if (earlier === undefined) continue;
    const seconds = (process.at - earlier.at) / 1_000;
    if (earlier.edges.watch === process.edges.watch) {
      const counts = new Map(earlier.edges.edges.map(({ count, from, to }) => [`${from} ${to}`, count]));
      for (const { count, from, to } of process.edges.edges) {
        const id = `${from} ${to}`;
        add(edges, id, Math.max(0, count - (counts.get(id) ?? 0)) / seconds);
      }
    }
    const known = new Map(earlier.drops.map(({ count, node, reason }) => [`${node} ${reason}`, count]));
    for (const { count, node, reason } of process.drops) {
      const id = `${node} ${reason}`;
      add(drops, id, Math.max(0, count - (known.get(id) ?? 0)) / seconds);
    }
    processed += Math.max(0, total(process, processedRecords) - total(earlier, processedRecords)) / seconds;
    for (const [subtopology, values] of recentLatencies(earlier, process)) {
      latencies.set(subtopology, [...(latencies.get(subtopology) ?? []), values]);
    }
  }
  const quantiles = [...latencies].flatMap(([subtopology, all]): [number, Quantiles][] => {
    const sum = sumOf(all);
    return sum.count === 0 ? [] : [[subtopology, { p50: quantile(sum, 0.5), p99: quantile(sum, 0.99) }]];
  });
  return { edges, lags, drops, processed, latencies: new Map(quantiles) };
};

const processedRecords = 'kstreams.records.processed';
const recordLatency = 'kstreams.record.latency';

const add = (sums: Map<string, number>, id: string, value: number): void => {
  sums.set(id, (sums.get(id) ?? 0) + value);
};

const total = ({ metrics }: ProcessBody, name: string): number =>
  metrics.reduce((sum, one) => sum + (one.name === name && typeof one.value === 'number' ? one.value : 0), 0);

const recentLatencies = (before: ProcessBody, now: ProcessBody): readonly (readonly [number, HistogramBody])[] =>
  histograms(now).map(([subtopology, values]) => {
    const earlier = histograms(before).find(([one]) => one === subtopology)?.[1];
    return [subtopology, earlier === undefined ? values : difference(values, earlier)];
  });

const histograms = ({ metrics }: ProcessBody): readonly (readonly [number, HistogramBody])[] =>
  metrics.flatMap(({ attributes, name, value }: MetricBody) =>
    name === recordLatency && typeof value === 'object' ? [[Number(attributes['kstreams.subtopology']), value]] : [],
  );

const difference = (now: HistogramBody, before: HistogramBody): HistogramBody => ({
  limits: now.limits,
  count: Math.max(0, now.count - before.count),
  sum: now.sum - before.sum,
  counts: now.counts.map((count, bucket) => Math.max(0, count - (before.counts[bucket] ?? 0))),
});

const sumOf = (all: readonly HistogramBody[]): HistogramBody =>
  all.reduce((sum, one) => ({
    limits: sum.limits,
    count: sum.count + one.count,
    sum: sum.sum + one.sum,
    counts: sum.counts.map((count, bucket) => count + (one.counts[bucket] ?? 0)),
  }));

/** Returns the value below which a share of the values is, as precise as the buckets are. */
export const quantile = ({ count, counts, limits }: HistogramBody, share: number): number => {
  const rank = share * count;
  let below = 0;
  for (const [bucket, inBucket] of counts.entries()) {
    if (inBucket > 0 && below + inBucket >= rank) {
      const from = limits[bucket - 1] ?? 0;
      const to = limits[bucket] ?? from;
      return from + ((to - from) * (rank - below)) / inBucket;
    }
    below += inBucket;
  }
  return limits.at(-1) ?? 0;
};

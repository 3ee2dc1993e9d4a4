import type { HistogramBody, ProcessBody } from '../../src/protocol.js';

/** The sums of a metric over processes, by the value of an attribute. */
export const sumsBy = (
  processes: readonly ProcessBody[],
  metric: string,
  attribute: string,
): ReadonlyMap<string, number> => {
  const sums = new Map<string, number>();
  for (const { metrics } of processes)
    for (const { attributes, name, value } of metrics) {
      if (name !== metric || typeof value !== 'number') continue;
      const id = String(attributes[attribute]);
      sums.set(id, (sums.get(id) ?? 0) + value);
    }
  return sums;
};

/** The histograms of a metric in all processes, by the value of an attribute. */
export const histogramsBy = (
  processes: readonly ProcessBody[],
  metric: string,
  attribute: string,
): ReadonlyMap<string, HistogramBody> => {
  const found = new Map<string, HistogramBody>();
  for (const { metrics } of processes)
    for (const { attributes, name, value } of metrics) {
      if (name !== metric || typeof value === 'number') continue;
      const id = String(attributes[attribute]);
      const before = found.get(id);
      found.set(id, before === undefined ? value : added(before, value));
    }
  return found;
};

/** Returns the sum of two histograms. */
const added = (one: HistogramBody, other: HistogramBody): HistogramBody => ({
  limits: one.limits,
  count: one.count + other.count,
  sum: one.sum + other.sum,
  counts: one.counts.map((count, bucket) => count + (other.counts[bucket] ?? 0)),
});

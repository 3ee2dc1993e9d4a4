import type { Clock, MetricRegistry } from '@kstreams/core/graph';
import type { StartedApplication } from '@kstreams/runtime';
import type { EdgeCounts, MetricBody, ProcessBody } from '../protocol.js';

/** Metrics per partition, which the tasks have too. */
const ofPartitions: ReadonlySet<string> = new Set(['kstreams.lag', 'kstreams.records.buffered']);

/** Returns the report of this process. */
export const processReport = (
  application: StartedApplication,
  metrics: Pick<MetricRegistry, 'collect'>,
  edges: EdgeCounts,
  clock: Pick<Clock, 'monotonic'>,
): ProcessBody => {
  const { live, ready, tasks } = application.health();
  const local = application.metadata.instances().find((one) => one.local);
  return {
    instance: local?.id ?? '',
    endpoint: local?.endpoint,
    state: application.state,
    live,
    ready,
    at: clock.monotonic(),
    tasks,
    opening: (local?.opening ?? []).map(({ id }) => id),
    drops: [...application.drops].map(([name, count]) => {
      const [node = '', reason = ''] = name.split(' ');
      return { node, reason, count };
    }),
    metrics: metricsOf(metrics),
    edges,
  };
};

const metricsOf = (metrics: Pick<MetricRegistry, 'collect'>): readonly MetricBody[] =>
  metrics.collect().flatMap(({ attributes, instrument: { name, unit }, value }) => {
    const { 'kstreams.application': _, ...own } = attributes;
    return ofPartitions.has(name) ? [] : [{ name, unit, attributes: own, value }];
  });

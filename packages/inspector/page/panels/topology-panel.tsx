import type { DescribedTopology } from '@kstreams/core/graph';
import type { Arrow } from '@kstreams/drawing';
import { type ArrowText, compact, duration, TopologyDrawing } from '@kstreams/ui';
import { signal } from '@preact/signals';
import { useMemo } from 'preact/hooks';
import { type Places, placesOf } from '../model/places.js';
import type { Rates } from '../model/rates.js';
import { rates } from '../model/session.js';
import { SelectionPanel } from './selection-panel.js';

/** The id of the selected box or arrow. */
const selected = signal<string | undefined>(undefined);

/** The drawing of the topology with its rates, and the selected part of it. */
export const TopologyPanel = ({ topology }: { topology: DescribedTopology }) => {
  const places = useMemo(() => placesOf(topology), [topology]);
  const now = rates.value;
  return (
    <div class="split">
      <section class="card stage-card" aria-label="Topology">
        <TopologyDrawing
          topology={topology}
          selected={selected.value}
          onSelect={(id) => (selected.value = id === selected.value ? undefined : id)}
          arrowText={(arrow) => (arrow.kind === 'flow' && now ? arrowText(arrow, now, places) : undefined)}
          frameText={(subtopology) => latencyText(subtopology, now)}
        />
      </section>
      <SelectionPanel topology={topology} places={places} selected={selected.value} />
    </div>
  );
};

const latencyText = (subtopology: number, now: Rates | undefined): string => {
  const latency = now?.latencies.get(subtopology);
  return latency === undefined ? '' : `latency p50 ${duration(latency.p50)}, p99 ${duration(latency.p99)}`;
};

/** Returns the rate of an arrow; also the lag where it leaves a topic, and the latency where it enters a sink. */
const arrowText = ({ node, to }: Arrow, now: Rates, places: Places): ArrowText => {
  const rate = now.edges.get(`${node} ${to}`) ?? 0;
  const topics = places.sources.get(node) ?? [];
  const lag = topics.reduce((sum, topic) => sum + (now.lags.get(topic) ?? 0), 0);
  const latency = places.sinks.has(to) ? now.latencies.get(places.subtopologies.get(to) ?? -1) : undefined;
  const parts = [
    `${compact(rate)}/s`,
    ...(topics.length > 0 && lag > 0 ? [`lag ${compact(lag)}`] : []),
    ...(latency !== undefined && rate > 0 ? [`p99 ${duration(latency.p99)}`] : []),
  ];
  return { text: parts.join(' · '), active: rate > 0, warns: lag > 0 && rate === 0 };
};

import type { DescribedNode, DescribedTopology } from '@kstreams/core/graph';
import { compact, duration, LineChart } from '@kstreams/ui';
import type { Places } from '../model/places.js';
import type { Rates } from '../model/rates.js';
import { history, rates } from '../model/session.js';
import { EdgeTail } from './edge-tail.js';

/** Options of {@link SelectionPanel}. */
export interface SelectionPanelOptions {
  readonly topology: DescribedTopology;
  readonly places: Places;
  readonly selected: string | undefined;
}

/** The selected box or arrow; the whole application without one. */
export const SelectionPanel = ({ places, selected, topology }: SelectionPanelOptions) => {
  const [node = '', to = ''] = (selected ?? '').split(' ');
  const isArrow = selected?.endsWith(' flow') === true;
  return (
    <aside class="card side" aria-label="Selection">
      {isArrow ? (
        <Edge from={node} to={to} />
      ) : selected === undefined ? (
        <Whole topology={topology} />
      ) : (
        <Node id={selected} places={places} topology={topology} />
      )}
    </aside>
  );
};

/** Returns a line of the history. */
const line = (name: string, value: (one: Rates) => number | undefined) => ({
  name,
  values: history.value.rates.map((one) => value(one) ?? null),
});

const Whole = ({ topology }: { topology: DescribedTopology }) => {
  const { instants } = history.value;
  const lag = (one: Rates): number => [...one.lags.values()].reduce((sum, each) => sum + each, 0);
  return (
    <>
      <h2>{topology.name}</h2>
      <LineChart
        label="Records processed per second"
        instants={instants}
        lines={[line('records/s', (one) => one.processed)]}
        format={compact}
      />
      <LineChart label="Lag" instants={instants} lines={[line('lag', lag)]} format={compact} />
      <LineChart
        label="Latency p99"
        instants={instants}
        lines={topology.subtopologies
          .filter(({ nodes }) => nodes.length > 0)
          .slice(0, 6)
          .map(({ id }) => line(`sub-topology ${id}`, (one) => one.latencies.get(id)?.p99))}
        format={duration}
      />
      <p class="hint">Select a node or an edge of the drawing.</p>
    </>
  );
};

const Edge = ({ from, to }: { from: string; to: string }) => (
  <>
    <h2>
      {from} → {to}
    </h2>
    <LineChart
      label="Records per second"
      instants={history.value.instants}
      lines={[line('records/s', (one) => one.edges.get(`${from} ${to}`) ?? 0)]}
      format={compact}
    />
    <EdgeTail from={from} to={to} />
  </>
);

const Node = ({ id, places, topology }: { id: string; places: Places; topology: DescribedTopology }) => {
  const node = places.nodes.get(id);
  const subtopology = places.subtopologies.get(id);
  const into = (one: Rates): number =>
    [...one.edges].reduce((sum, [edge, rate]) => sum + (edge.endsWith(` ${id}`) ? rate : 0), 0);
  const out = (one: Rates): number =>
    [...one.edges].reduce((sum, [edge, rate]) => sum + (edge.startsWith(`${id} `) ? rate : 0), 0);
  const dropped = (one: Rates): number =>
    [...one.drops].reduce((sum, [drop, rate]) => sum + (drop.startsWith(`${id} `) ? rate : 0), 0);
  const { instants } = history.value;
  return (
    <>
      <h2>{id.replace(/^store /, '')}</h2>
      <dl class="facts">
        {factsOf(id, node, topology, rates.value).map(([name, text]) => (
          <div key={name}>
            <dt>{name}</dt>
            <dd>{text}</dd>
          </div>
        ))}
        {subtopology !== undefined && (
          <div>
            <dt>sub-topology</dt>
            <dd>{subtopology}</dd>
          </div>
        )}
      </dl>
      {node !== undefined && (
        <LineChart
          label="Records per second"
          instants={instants}
          lines={[
            ...(node.kind === 'source' ? [] : [line('in', into)]),
            ...(node.kind === 'sink' ? [] : [line('out', out)]),
            ...(rates.value !== undefined && dropped(rates.value) > 0 ? [line('dropped', dropped)] : []),
          ]}
          format={compact}
        />
      )}
    </>
  );
};

/** Returns what is known of a box, by name. */
const factsOf = (
  id: string,
  node: DescribedNode | undefined,
  topology: DescribedTopology,
  now: Rates | undefined,
): readonly (readonly [name: string, text: string])[] => {
  if (node === undefined) {
    const store = topology.subtopologies.flatMap(({ stores }) => stores).find(({ name }) => id === `store ${name}`);
    if (store === undefined) return [];
    const { changelog, key, kind, value } = store;
    return [
      ['kind', kind],
      ['key', key],
      ['value', value],
      ['restored from', changelog.kind === 'none' ? 'nothing' : changelog.topic],
    ];
  }
  if (node.kind === 'processor') {
    const { calls, lookups, operator, stores } = node;
    return [
      ['operator', operator],
      ...(stores.length > 0 ? [['stores', stores.join(', ')] as const] : []),
      ...(lookups.length > 0 ? [['looks up', lookups.join(', ')] as const] : []),
      ...(calls === undefined
        ? []
        : ([
            ['order of calls', String(calls.order)],
            ['concurrency', String(calls.concurrency)],
          ] as const)),
    ];
  }
  const topics = node.kind === 'sink' ? [node.topic ?? 'one for each record'] : patternOr(node.topics);
  const lag = topics.reduce((sum, topic) => sum + (now?.lags.get(topic) ?? 0), 0);
  return [
    [node.kind === 'sink' ? 'to' : 'from', topics.join(', ')],
    ['key', node.key],
    ['value', node.value],
    ...(node.kind === 'source' ? [['lag', compact(lag)] as const] : []),
  ];
};

const patternOr = (topics: readonly string[] | { readonly pattern: string }): readonly string[] =>
  'pattern' in topics ? [topics.pattern] : topics;

/** Finds what led to an output: its path through the nodes, over several steps, and the rows on the way. */
import type { DescribedTopology } from 'kstreams/authors';
import type { FlowPlace, RowRead, RowWrite, Step } from '../run/messages.js';

/** A part of the path of an output: nodes in one step. */
export interface Leg {
  /** The number of the step, from 1. */
  readonly step: number;
  readonly nodes: readonly string[];
}

/** A row read on the way, with the number of the step that had written it. */
export interface OriginRead extends RowRead {
  readonly writtenBy: number | undefined;
}

/** The origin of an output. */
export interface Origin {
  /** The path, from the first step to that of the output. */
  readonly legs: readonly Leg[];
  readonly reads: readonly OriginRead[];
  readonly writes: readonly RowWrite[];
}

/** Returns the origin of an output: `step` is its number, from 1. */
export const originOf = (all: readonly Step[], topology: DescribedTopology, step: number, output: number): Origin => {
  const sources = sourcesOf(topology);
  const places: FlowPlace[] = [];
  let place: FlowPlace | undefined = { step, flow: all[step - 1]?.outputs[output]?.flow ?? -1 };
  while (place !== undefined && place.flow >= 0) {
    places.unshift(place);
    place = parentOf(all, sources, place);
  }
  const legs: { step: number; nodes: string[] }[] = [];
  for (const one of places) {
    const { from, parent, to } = flowAt(all, one) ?? { from: '', to: '' };
    const leg = legs.at(-1);
    if (leg?.step === one.step) leg.nodes.push(to);
    else legs.push({ step: one.step, nodes: parent === undefined ? [from, to] : [to] });
  }
  return { legs, ...rowsOn(all, legs, new Set(topology.globalTables.map(({ id }) => id))) };
};

const flowAt = (all: readonly Step[], { flow, step }: FlowPlace) => all[step - 1]?.flows[flow];

/** Returns the flow that a flow follows from; for a record that a node had held, the flow that brought it. */
const parentOf = (all: readonly Step[], sources: ReadonlySet<string>, place: FlowPlace): FlowPlace | undefined => {
  const flow = flowAt(all, place);
  if (flow === undefined || sources.has(flow.from)) return flow?.parent;
  const { from, parent, record } = flow;
  const { reads, writes } = all[place.step - 1] as Step;
  const released = writes.find(
    ({ after, before, key, node }) =>
      node === from && after === undefined && before?.text === record.value.text && key.text === record.key.text,
  );
  if (released === undefined && parent !== undefined) return parent;
  const touched = [...writes, ...reads].filter(({ node }) => node === from);
  const row = released ?? touched.find(({ key }) => isOf(key.data, key.text, record.key.text)) ?? touched[0];
  if (row === undefined) return undefined;
  const earlier = lastWrite(all, place.step - 1, row.store, row.key.text);
  const brought = all[(earlier ?? 0) - 1]?.flows.findLastIndex(({ to }) => to === from) ?? -1;
  return earlier === undefined || brought < 0 ? parent : { step: earlier, flow: brought };
};

/** True for the key of a record, or a window of it. */
const isOf = (data: unknown, text: string, key: string): boolean =>
  text === key || (typeof data === 'object' && data !== null && (data as { key?: unknown }).key === key);

/** Returns the number of the last step, of the first `count`, that wrote a row. */
const lastWrite = (all: readonly Step[], count: number, store: string, key: string): number | undefined => {
  const found = all
    .slice(0, count)
    .findLastIndex(({ writes }) => writes.some((write) => write.store === store && write.key.text === key));
  return found < 0 ? undefined : found + 1;
};

/** Returns the rows that the nodes of a path touched; global tables report the reads of others as their own. */
const rowsOn = (
  all: readonly Step[],
  legs: readonly Leg[],
  globals: ReadonlySet<string>,
): Pick<Origin, 'reads' | 'writes'> => {
  const reads = new Map<string, OriginRead>();
  const writes: RowWrite[] = [];
  for (const { nodes, step } of legs) {
    const of = all[step - 1] as Step;
    for (const read of of.reads) {
      const id = `${read.store} ${read.key.text}`;
      if ((nodes.includes(read.node) || globals.has(read.node)) && !reads.has(id))
        reads.set(id, { ...read, writtenBy: lastWrite(all, step - 1, read.store, read.key.text) });
    }
    writes.push(...of.writes.filter(({ node }) => nodes.includes(node)));
  }
  return { reads: [...reads.values()], writes };
};

const sourcesOf = ({ globalTables, subtopologies }: DescribedTopology): ReadonlySet<string> =>
  new Set([
    ...globalTables.map(({ id }) => id),
    ...subtopologies.flatMap(({ nodes }) => nodes.flatMap((node) => (node.kind === 'source' ? [node.id] : []))),
  ]);

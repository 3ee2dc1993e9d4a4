import type { Arrow, Box, Gaps } from '@kstreams/drawing';
import { type ArrowText, type BoxState, TopologyDrawing } from '@kstreams/ui/drawing';
import { compact } from '@kstreams/ui/format';
import { computed } from '@preact/signals';
import { stoppingNodes } from '../model/breakpoints.js';
import { keyName } from '../model/key-name.js';
import { current, failedNode, lines, stale, topology } from '../model/run.js';
import { cursor, editor } from '../model/snippet.js';
import { touched, traffic } from '../model/traffic.js';
import { selectedNode } from '../model/view.js';
import { valueText } from './format.js';

/** The room of a panel beside the code, with texts on arrows. */
const gaps: Gaps = { boxes: 22, ranks: 34, margin: 10 };

const short = (text: string, length: number): string => (text.length > length ? `${text.slice(0, length - 1)}…` : text);

/** The records on each edge in the current step: their number and the last of them. */
const flowing = computed(() => {
  const flows = new Map<string, { count: number; text: string }>();
  for (const { from, to, record } of current.value?.flows ?? []) {
    const id = `${from} ${to}`;
    flows.set(id, {
      count: (flows.get(id)?.count ?? 0) + 1,
      text: `${keyName(record.key)}: ${valueText(record.value)}`,
    });
  }
  return flows;
});

const busy = computed(() => new Set((current.value?.flows ?? []).flatMap(({ from, to }) => [from, to])));

const here = computed(
  () => new Set(Object.entries(lines.value).flatMap(([id, line]) => (line === cursor.value ? [id] : []))),
);

/** Returns the number of records on an arrow so far, and the record of the current step. */
const arrowText = ({ kind, node, to }: Arrow): ArrowText | undefined => {
  if (kind === 'store') return { text: '', active: touched.value.has(to) };
  const id = `${node} ${to}`;
  const count = traffic.value.get(id) ?? 0;
  const flow = flowing.value.get(id);
  if (flow === undefined) return count === 0 ? undefined : { text: compact(count), active: false };
  const many = flow.count > 1 ? `${flow.count} × ` : '';
  return { text: `${compact(count)} · ${many}${short(flow.text, 26)}`, title: flow.text, active: true };
};

const statesOf = ({ id }: Box): readonly BoxState[] => [
  ...(touched.value.has(id) || busy.value.has(id) ? (['active'] as const) : []),
  ...(here.value.has(id) ? (['here'] as const) : []),
  ...(stoppingNodes.value.has(id) ? (['stops'] as const) : []),
  ...(failedNode.value === id ? (['failed'] as const) : []),
];

/** Marks the lines of the snippet that built a node. */
const point = (id: string | undefined): void => {
  const line = id === undefined ? undefined : lines.value[id];
  editor.value?.mark(line === undefined ? [] : [line], line !== undefined);
};

/** The box to keep in sight: the failed node, the selected one, else the last one that the current step reached. */
const followed = computed(() => failedNode.value ?? selectedNode.value ?? current.value?.flows.at(-1)?.to);

const select = (id: string): void => {
  selectedNode.value = selectedNode.value === id ? undefined : id;
};

/** The drawing of the topology with the records of the current step, and the nodes of the cursor's line. */
export const TopologyPanel = () => {
  if (topology.value === undefined) return <p class="nothing">No topology yet.</p>;
  return (
    <div class={`stage-room${stale.value ? ' stale' : ''}`}>
      <TopologyDrawing
        topology={topology.value}
        gaps={gaps}
        arrowText={arrowText}
        boxStates={statesOf}
        onPoint={point}
        selected={selectedNode.value}
        onSelect={select}
        followed={followed.value}
      />
    </div>
  );
};

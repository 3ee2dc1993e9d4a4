/** The choices of the reader in the results, as a link keeps them. */
import { computed, signal } from '@preact/signals';
import type { DisplayRecord } from '../run/messages.js';
import { type Breakpoint, breakpoints } from './breakpoints.js';
import { keyName } from './key-name.js';
import { originOf } from './origin.js';
import { drops, outputs } from './outputs.js';
import { at, moveTo, returnTo, steps, topology } from './run.js';

/** The tabs of the results. */
export const tabs = ['outputs', 'marbles', 'chart', 'stores', 'dropped', 'compare', 'console'] as const;
export type Tab = (typeof tabs)[number];
export const tab = signal<Tab>('outputs');

/** An output by its step, from 1, and its index within the step. */
export interface Picked {
  readonly step: number;
  readonly index: number;
}

/** The output that is explained. */
export const picked = signal<Picked | undefined>(undefined);
/** The box that is selected in the drawing. */
export const selectedNode = signal<string | undefined>(undefined);
/** The topic of the outputs that are shown; all unless set. */
export const onlyTopic = signal<string | undefined>(undefined);
/** The key that is followed, as text. */
export const followedKey = signal<string | undefined>(undefined);

/** The choices as a link holds them; absent ones have their defaults. */
export interface View {
  readonly at?: number;
  readonly tab?: Tab;
  readonly picked?: Picked;
  readonly node?: string;
  readonly topic?: string;
  readonly key?: string;
  readonly breakpoints?: readonly Breakpoint[];
}

/** Returns the choices now. */
export const viewNow = (): View =>
  JSON.parse(
    JSON.stringify({
      at: at.value < steps.value.length ? at.value : undefined,
      tab: tab.value === 'outputs' ? undefined : tab.value,
      picked: picked.value,
      node: selectedNode.value,
      topic: onlyTopic.value,
      key: followedKey.value,
      breakpoints: breakpoints.value.length > 0 ? breakpoints.value : undefined,
    }),
  ) as View;

/** Restores the choices of a link. */
export const restore = (view: View): void => {
  tab.value = tabs.find((one) => one === view.tab) ?? 'outputs';
  picked.value = view.picked;
  selectedNode.value = view.node;
  onlyTopic.value = view.topic;
  followedKey.value = view.key;
  breakpoints.value = view.breakpoints ?? [];
  returnTo(view.at);
};

const isFollowed = ({ key }: Pick<DisplayRecord, 'key'>): boolean =>
  followedKey.value === undefined || keyName(key) === followedKey.value;

/** The topics written so far. */
export const topics = computed(() => [...new Set(outputs.value.map((one) => one.topic))]);

/** The outputs of the chosen topic and key. */
export const shownOutputs = computed(() => {
  const topic = onlyTopic.value;
  if (topic === undefined && followedKey.value === undefined) return outputs.value;
  return outputs.value.filter((one) => (topic === undefined || one.topic === topic) && isFollowed(one));
});

/** The dropped records of the followed key. */
export const shownDrops = computed(() =>
  drops.value.filter(({ cause }) => cause.kind !== 'record' || isFollowed(cause.record)),
);

/** The numbers of the steps in which the followed key takes part, from 1; `undefined` without one. */
const stepsOfKey = computed(() => {
  if (followedKey.value === undefined) return undefined;
  return steps.value.flatMap(({ cause, flows }, n) =>
    (cause.kind === 'record' && isFollowed(cause.record)) || flows.some(({ record }) => isFollowed(record))
      ? [n + 1]
      : [],
  );
});

/** Moves to the next or the previous step, of the followed key if there is one. */
export const stepBy = (by: 1 | -1): void => {
  const all = stepsOfKey.value;
  if (all === undefined) moveTo(at.value + by);
  else moveTo((by > 0 ? all.find((one) => one > at.value) : all.findLast((one) => one < at.value)) ?? at.value);
};

/** The explained output, with what led to it. */
export const explained = computed(() => {
  const { value } = picked;
  const output = value && steps.value[value.step - 1]?.outputs[value.index];
  if (value === undefined || output === undefined || topology.value === undefined) return undefined;
  return { ...value, output, origin: originOf(steps.value, topology.value, value.step, value.index) };
});

/** Breakpoints: playing stops at the next step that reaches one. */
import { computed, signal } from '@preact/signals';
import type { DisplayRecord, Step } from '../run/messages.js';
import { keyName } from './key-name.js';
import { at, moveTo, steps } from './run.js';

/** A node, a key, or a key at a node. */
export interface Breakpoint {
  readonly node?: string;
  readonly key?: string;
}

/** True for a step in which a record with the key reaches the node. */
export const stopsAt = ({ cause, flows }: Step, { key, node }: Breakpoint): boolean => {
  const hasKey = (record: DisplayRecord): boolean => key === undefined || keyName(record.key) === key;
  if (node === undefined && cause.kind === 'record' && hasKey(cause.record)) return true;
  return flows.some(({ from, record, to }) => (node === undefined || from === node || to === node) && hasKey(record));
};

/** The breakpoints of the reader. */
export const breakpoints = signal<readonly Breakpoint[]>([]);

/** The nodes with a breakpoint. */
export const stoppingNodes = computed(() => new Set(breakpoints.value.map(({ node }) => node)));

/** The numbers of the steps that reach a breakpoint, from 1. */
const reached = computed(() =>
  steps.value.flatMap((step, n) => (breakpoints.value.some((one) => stopsAt(step, one)) ? [n + 1] : [])),
);

/** Returns the number of the first step after `from`, up to `to`, that reaches a breakpoint. */
export const breakBetween = (from: number, to: number): number | undefined =>
  breakpoints.value.length === 0 ? undefined : reached.value.find((one) => one > from && one <= to);

/** Moves to the next or the previous step that reaches a breakpoint; stays where there is none. */
export const goToBreak = (by: 1 | -1): void => {
  const all = reached.value;
  moveTo((by > 0 ? all.find((one) => one > at.value) : all.findLast((one) => one < at.value)) ?? at.value);
};

const isEqual = (one: Breakpoint, other: Breakpoint): boolean => one.node === other.node && one.key === other.key;

/** Adds a breakpoint once. */
export const addBreakpoint = (added: Breakpoint): void => {
  if (!breakpoints.value.some((one) => isEqual(one, added))) breakpoints.value = [...breakpoints.value, added];
};

/** Removes a breakpoint. */
export const removeBreakpoint = (removed: Breakpoint): void => {
  breakpoints.value = breakpoints.value.filter((one) => !isEqual(one, removed));
};

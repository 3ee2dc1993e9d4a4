/** Compares the outputs of two runs. */
import { computed, signal } from '@preact/signals';
import type { Output } from '../run/messages.js';
import { steps } from './run.js';

/** The outputs of a key in a topic, which differ between two runs. */
export interface Difference {
  readonly topic: string;
  readonly key: Output['key'];
  readonly before: readonly Output[];
  readonly after: readonly Output[];
  /** The index of the first output that differs. */
  readonly first: number;
}

type ByKey = ReadonlyMap<string, Output[]>;

const byKey = (outputs: readonly Output[]): ByKey => {
  const found = new Map<string, Output[]>();
  for (const output of outputs) {
    const id = JSON.stringify([output.topic, output.key.text]);
    const known = found.get(id);
    if (known === undefined) found.set(id, [output]);
    else known.push(output);
  }
  return found;
};

const isEqual = (one: Output | undefined, other: Output | undefined): boolean =>
  one?.value.text === other?.value.text && one?.timestamp === other?.timestamp;

/** Returns the keys with outputs that differ in value, timestamp, number or order. Outputs of other keys have no order between them. */
export const differencesOf = (before: readonly Output[], after: readonly Output[]): readonly Difference[] => {
  const [old, now] = [byKey(before), byKey(after)];
  return [...new Set([...old.keys(), ...now.keys()])].flatMap((id) => {
    const pair = { before: old.get(id) ?? [], after: now.get(id) ?? [] };
    const length = Math.max(pair.before.length, pair.after.length);
    const first = Array.from({ length }, (_, n) => n).find((n) => !isEqual(pair.before[n], pair.after[n]));
    const { key, topic } = (pair.after[0] ?? pair.before[0]) as Output;
    return first === undefined ? [] : [{ topic, key, first, ...pair }];
  });
};

const outputs = computed(() => steps.value.flatMap((step) => step.outputs));

/** The outputs of the run that was kept. */
const kept = signal<readonly Output[] | undefined>(undefined);

/** Keeps the outputs of the current run for comparison. */
export const keepRun = (): void => {
  kept.value = outputs.value;
};

/** Forgets the kept run. */
export const forgetRun = (): void => {
  kept.value = undefined;
};

/** The numbers of outputs of the kept run and of the current one, with what differs; `undefined` without a kept run. */
export const compared = computed(() => {
  const { value } = kept;
  if (value === undefined) return undefined;
  return { before: value.length, after: outputs.value.length, differences: differencesOf(value, outputs.value) };
});

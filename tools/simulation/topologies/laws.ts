/** What plain code over the whole input knows of a result, whatever the order in which the records were processed. */
import type { Outcome } from '@kstreams/simulation';
import { type Item, items, output } from './item.js';
import type { Plain } from './steps.js';

/** The input of a simulation, by its topics. */
export interface InputRecords {
  readonly left: readonly Plain[];
  readonly right: readonly Plain[];
  readonly places: readonly Plain[];
}

/** A law of a result; throws what is missing or too much. Exactly once it may ask for more than at least once. */
export type Law = (outcome: Outcome, input: InputRecords, exactly: boolean) => void;

/** Items as text: a key and the input records that are in each. */
export type Ids = readonly string[];

/** An item as text. */
export const idsOf = (key: string, value: Item | null): string => [key, ...(value?.ids ?? [])].join(' ');

/** What was written, in order. */
export const written = (outcome: Outcome): Ids =>
  outcome.read(output).map(({ key, value }) => idsOf(String(key), value));

/** What was written last of each key, but for what was deleted. */
export const latest = (outcome: Outcome): Ids => {
  const last = new Map(outcome.read(output).map(({ key, value }) => [String(key), value]));
  return [...last].flatMap(([key, value]) => (value === null ? [] : [idsOf(key, value)]));
};

/** The numbers in a store's rows, whatever stands before them; operators also keep rows of their own there. */
export const idsInRows = (outcome: Outcome, store: string): Ids =>
  outcome.changelog(store).flatMap((row) => {
    const bytes = row.value as Uint8Array;
    const at = new TextDecoder('latin1').decode(bytes).indexOf('{"ids"');
    return at < 0 ? [] : items.decode(bytes.subarray(at), row).ids.map(String);
  });

/** Everything that is wanted is there; exactly once, nothing else is, and nothing twice. */
export const expectAll = (what: string, wanted: Ids, found: Ids, exactly: boolean): void => {
  const counts = new Map<string, number>();
  for (const one of found) counts.set(one, (counts.get(one) ?? 0) + 1);
  for (const one of wanted) {
    const left = counts.get(one) ?? 0;
    if (left === 0 && (exactly || !found.includes(one))) throw new Error(`${what} lack "${one}"`);
    counts.set(one, left - 1);
  }
  const more = [...counts].find(([one, count]) => count > 0 && (exactly || !wanted.includes(one)));
  if (more !== undefined) throw new Error(`${what} have "${more[0]}" ${more[1]} times too often`);
};

/** What was written of each key came in this order. */
export const expectInOrder = (wanted: readonly Plain[], outcome: Outcome): void => {
  const found = outcome.read(output);
  for (const key of new Set(wanted.map((one) => one.key))) {
    const have = found.filter((one) => one.key === key).map(({ value }) => idsOf(key, value));
    const want = wanted.filter((one) => one.key === key).map(({ value }) => idsOf(key, value));
    const at = want.findIndex((one, i) => one !== have[i]);
    if (at >= 0) throw new Error(`record ${at} of ${key} is "${have[at]}", expected "${want[at]}"`);
  }
};

/** No key was written twice. */
export const expectOnce = (outcome: Outcome): void => {
  const keys = outcome.read(output).map(({ key }) => key);
  const twice = keys.find((key, i) => keys.indexOf(key) !== i);
  if (twice !== undefined) throw new Error(`"${twice}" was written twice`);
};

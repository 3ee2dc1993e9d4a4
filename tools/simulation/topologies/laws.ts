/** Checks of results with plain code over the whole input, independent of the processing order. */
import type { Outcome } from '@kstreams/simulation';
import { type Item, items, output } from './item.js';
import type { Plain } from './steps.js';

/** The input of a simulation, by its topics. */
export interface InputRecords {
  readonly left: readonly Plain[];
  readonly right: readonly Plain[];
  readonly places: readonly Plain[];
}

/** Checks a result. Throws for missing and surplus records. May require more with exactly-once. */
export type Law = (outcome: Outcome, input: InputRecords, exactly: boolean) => void;

/** Returns items as text: a key and the input records in each. */
export type Ids = readonly string[];

/** Returns an item as text. */
export const idsOf = (key: string, value: Item | null): string => [key, ...(value?.ids ?? [])].join(' ');

/** Returns the output in order. */
export const written = (outcome: Outcome): Ids =>
  outcome.read(output).map(({ key, value }) => idsOf(String(key), value));

/** Returns the last output of each key, without deleted keys. */
export const latest = (outcome: Outcome): Ids => {
  const last = new Map(outcome.read(output).map(({ key, value }) => [String(key), value]));
  return [...last].flatMap(([key, value]) => (value === null ? [] : [idsOf(key, value)]));
};

/** Returns the numbers in the rows of a store, without their prefixes and without the operators' own rows. */
export const idsInRows = (outcome: Outcome, store: string): Ids =>
  outcome.changelog(store).flatMap((row) => {
    const bytes = row.value as Uint8Array;
    const at = new TextDecoder('latin1').decode(bytes).indexOf('{"ids"');
    return at < 0 ? [] : items.decode(bytes.subarray(at), row).ids.map(String);
  });

/** Expects every expected item; with exactly-once, nothing else and nothing twice. */
export const expectAll = (what: string, expected: Ids, found: Ids, exactly: boolean): void => {
  const counts = new Map<string, number>();
  for (const one of found) counts.set(one, (counts.get(one) ?? 0) + 1);
  for (const one of expected) {
    const left = counts.get(one) ?? 0;
    if (left === 0 && (exactly || !found.includes(one))) throw new Error(`${what} lack "${one}"`);
    counts.set(one, left - 1);
  }
  const more = [...counts].find(([one, count]) => count > 0 && (exactly || !expected.includes(one)));
  if (more !== undefined) throw new Error(`${what} have "${more[0]}" ${more[1]} times too often`);
};

/** Expects the output of each key in this order. */
export const expectInOrder = (expected: readonly Plain[], outcome: Outcome): void => {
  const found = outcome.read(output);
  for (const key of new Set(expected.map((one) => one.key))) {
    const have = found.filter((one) => one.key === key).map(({ value }) => idsOf(key, value));
    const want = expected.filter((one) => one.key === key).map(({ value }) => idsOf(key, value));
    const at = want.findIndex((one, i) => one !== have[i]);
    if (at >= 0) throw new Error(`record ${at} of ${key} is "${have[at]}", expected "${want[at]}"`);
  }
};

/** Expects no key twice. */
export const expectOnce = (outcome: Outcome): void => {
  const keys = outcome.read(output).map(({ key }) => key);
  const twice = keys.find((key, i) => keys.indexOf(key) !== i);
  if (twice !== undefined) throw new Error(`"${twice}" was written twice`);
};

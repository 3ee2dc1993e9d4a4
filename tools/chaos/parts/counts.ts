/** The expected values of counting steps. */
import type { Guarantee, Topic } from 'kstreams';
import type { Received } from 'kstreams/authors';
import type { Judgement } from './part.js';

/** Returns the values of each key, in order. */
export const valuesByKey = <V>(
  records: readonly Received[],
  { key, value }: Topic<string, V>,
): ReadonlyMap<string, readonly V[]> => {
  const byKey = new Map<string, V[]>();
  for (const record of records) {
    const name = key.decode(record.key as Uint8Array, record);
    const values = byKey.get(name) ?? [];
    values.push(value.decode(record.value as Uint8Array, record));
    byKey.set(name, values);
  }
  return byKey;
};

/** Compares counts with the number of records: with exactly-once they are 1, 2, 3 …, else they reach it. */
export const countProblems = (
  counts: ReadonlyMap<string, readonly number[]>,
  wanted: ReadonlyMap<string, number>,
  guarantee: Guarantee,
): Pick<Judgement, 'complete' | 'problems'> => {
  const problems: string[] = [];
  let complete = true;
  const exactly = guarantee === 'exactly-once';
  for (const [key, sum] of wanted) {
    const found = counts.get(key) ?? [];
    const last = found.at(-1) ?? 0;
    complete &&= last >= sum;
    if (exactly ? last !== sum : last < sum) problems.push(`${key} ends at ${last} of ${sum}`);
    const odd = exactly ? found.findIndex((count, i) => count !== i + 1) : -1;
    if (odd >= 0) problems.push(`${key} goes from ${found[odd - 1] ?? 0} to ${found[odd]}`);
  }
  return { complete, problems };
};

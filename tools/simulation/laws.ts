/** What plain code over the whole input knows of a result, whatever the order in which the records were processed. */
import type { Item } from './item.js';
import type { Plain } from './stateless.js';

/** The input of a simulation, by its topics. */
export interface InputRecords {
  readonly left: readonly Plain[];
  readonly right: readonly Plain[];
}

/** Items as text: a key and the input records that are in each. */
export type Ids = readonly string[];

/** An item as text. */
export const idsOf = (key: string, value: Item | null): string => [key, ...(value?.ids ?? [])].join(' ');

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

import { computed } from '@preact/signals';
import type { DisplayValue, Step } from '../run/messages.js';
import { at, steps, topology } from './run.js';

/** A row of a store at the step on the slider. */
export interface StoreRow {
  readonly key: DisplayValue;
  readonly value: DisplayValue;
  /** True when the current step wrote the row. */
  readonly changed: boolean;
}

/** Returns the rows of each store after the first `count` steps. */
const rowsAfter = (all: readonly Step[], count: number): ReadonlyMap<string, readonly StoreRow[]> => {
  const stores = new Map<string, Map<string, StoreRow>>();
  for (const [index, step] of all.slice(0, count).entries()) {
    for (const { store, key, after } of step.writes) {
      const rows = stores.get(store) ?? new Map<string, StoreRow>();
      stores.set(store, rows);
      if (after === undefined) rows.delete(key.text);
      else rows.set(key.text, { key, value: after, changed: index === count - 1 });
    }
  }
  return new Map([...stores].map(([name, rows]) => [name, [...rows.values()]]));
};

/** The stores of the topology with their rows at the step on the slider. */
export const stores = computed(() => {
  const rows = rowsAfter(steps.value, at.value);
  const { subtopologies = [], globalTables = [] } = topology.value ?? {};
  const all = [...subtopologies.flatMap((one) => one.stores), ...globalTables.map(({ store }) => store)];
  return all.map(({ name, kind }) => ({ name, kind, rows: rows.get(name) ?? [] }));
});

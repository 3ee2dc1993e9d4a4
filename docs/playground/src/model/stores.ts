import { computed } from '@preact/signals';
import type { DisplayValue } from '../run/messages.js';
import { Replay } from './replay.js';
import { at, steps, topology } from './run.js';

/** A row of a store at the step on the slider. */
export interface StoreRow {
  readonly key: DisplayValue;
  readonly value: DisplayValue;
  /** The number of the step that wrote the row, from 1. */
  readonly step: number;
}

type Rows = Map<string, Map<string, StoreRow>>;

/** The rows of all stores, from the writes of the steps. */
export const rowReplay = (): Replay<Rows> =>
  new Replay<Rows>({
    begin: () => new Map(),
    copy: (state) => new Map([...state].map(([name, rows]) => [name, new Map(rows)])),
    apply: (state, { writes }, index) => {
      for (const { store, key, after } of writes) {
        const rows = state.get(store) ?? new Map<string, StoreRow>();
        state.set(store, rows);
        rows.delete(key.text);
        if (after !== undefined) rows.set(key.text, { key, value: after, step: index + 1 });
      }
    },
  });

const replay = rowReplay();

/** The stores of the topology with their rows at the step on the slider, last written last. */
export const stores = computed(() => {
  const rows = replay.after(steps.value, at.value);
  const { subtopologies = [], globalTables = [] } = topology.value ?? {};
  const all = [...subtopologies.flatMap((one) => one.stores), ...globalTables.map(({ store }) => store)];
  return all.map(({ name, kind }) => ({ name, kind, rows: [...(rows.get(name)?.values() ?? [])] }));
});

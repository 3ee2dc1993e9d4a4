import { computed } from '@preact/signals';
import { Replay } from './replay.js';
import { at, current, steps } from './run.js';

const counts = new Replay<Map<string, number>>({
  begin: () => new Map(),
  copy: (state) => new Map(state),
  apply: (state, { flows }) => {
    for (const { from, to } of flows) {
      const edge = `${from} ${to}`;
      state.set(edge, (state.get(edge) ?? 0) + 1);
    }
  },
});

/** The number of records on each edge so far, by the ids of its nodes. */
export const traffic = computed<ReadonlyMap<string, number>>(() => new Map(counts.after(steps.value, at.value)));

/** The boxes of the stores that the current step read or wrote. */
export const touched = computed<ReadonlySet<string>>(
  () =>
    new Set([...(current.value?.writes ?? []), ...(current.value?.reads ?? [])].map(({ store }) => `store ${store}`)),
);

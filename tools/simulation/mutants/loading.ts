import { Filling } from '../../../packages/snapshots/src/loading/filling.js';
import { Fillings } from '../../../packages/snapshots/src/loading/fillings.js';
import type { Mutant } from './mutant.js';
import { replace } from './replace.js';

const waits = { snapshots: { every: 5, grace: 60_000, latency: 1_000, missing: 0 } };

/** Bugs in what serves rows of a snapshot while it is loaded. */
export const loading: readonly Mutant[] = [
  {
    name: 'a row that is not loaded yet counts as absent',
    guarantee: 'exactly-once',
    waits,
    inject: () => replace(Fillings.prototype, 'of', { value: () => undefined }),
  },
  {
    name: 'a row that was deleted before it was loaded comes back',
    guarantee: 'exactly-once',
    topology: 'session',
    waits,
    inject: () => replace(Filling.prototype, 'deletion', { value: () => undefined }),
  },
];

import { Overlay } from '../../../packages/snapshots/src/loading/overlay.js';
import { Overlays } from '../../../packages/snapshots/src/loading/overlays.js';
import { OwnedShards } from '../../../packages/snapshots/src/owned/owned-shards.js';
import { Shard } from '../../../packages/snapshots/src/shard.js';
import type { Mutant } from './mutant.js';
import { replace } from './replace.js';

const slow = { every: 5, grace: 60_000, latency: 1_000, missing: 0, disk: Number.POSITIVE_INFINITY };
const waits = { snapshots: slow };

/** Bugs in what serves rows of a bucket. */
export const loading: readonly Mutant[] = [
  {
    name: 'a row that is not loaded yet counts as absent',
    guarantee: 'exactly-once',
    waits,
    inject: () => replace(Overlays.prototype, 'of', { value: () => undefined }),
  },
  {
    name: 'a row that was deleted before it was loaded comes back',
    guarantee: 'exactly-once',
    topology: 'session',
    waits,
    inject: () => replace(Overlay.prototype, 'mayHave', { value: () => false }),
  },
  {
    name: 'a row is dropped from the disk before a snapshot has it',
    guarantee: 'exactly-once',
    waits: { snapshots: { ...slow, disk: 500 } },
    inject: () => replace(Shard.prototype, 'isKept', { value: () => true }),
  },
  {
    name: 'a commit without a changelog is not kept in the bucket',
    guarantee: 'at-least-once',
    topology: 'without a changelog',
    waits,
    inject: () => replace(OwnedShards.prototype, 'commit', { value: async (writes: unknown) => writes }),
  },
];

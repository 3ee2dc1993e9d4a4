/** Remote state, copies of state and schemas of a scenario, which records wait for. */
import { Random, type RemoteState } from '@kstreams/simulation';
import { randomSchemas, type Schemas } from './schemas.js';
import { randomSnapshots, type Snapshots } from './snapshots.js';

/** Resources to load before a step can run: rows of remote state or of snapshots, and schemas. */
export interface Waits {
  readonly remoteState?: RemoteState;
  readonly schemas?: Schemas;
  readonly snapshots?: Snapshots;
}

/** Draws the waits of a seed; half of the seeds have some. They do not affect the other draws of the seed. */
export const randomWaits = (seed: number): Waits => {
  const random = new Random(seed ^ 0x10ad);
  const remote = random.chance(0.18);
  const schemas = random.chance(0.18);
  const copies = new Random(seed ^ 0xc0b1);
  return {
    ...(remote && { remoteState: { memory: random.pick([4_000, 20_000]), latency: random.pick([0, 10, 100]) } }),
    ...(schemas && { schemas: randomSchemas(random) }),
    ...(!remote && copies.chance(0.2) && { snapshots: randomSnapshots(copies) }),
  };
};

/** Returns a text for reports. */
export const nameOfWaits = ({ remoteState, schemas, snapshots }: Waits): string =>
  [
    remoteState === undefined ? '' : ', remote state',
    snapshots === undefined ? '' : ', snapshots',
    schemas === undefined ? '' : ', schemas',
  ].join('');

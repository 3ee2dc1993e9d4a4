/** Remote state and schemas of a scenario, which records wait for. */
import { Random, type RemoteState } from '@kstreams/simulation';
import { randomSchemas, type Schemas } from './schemas.js';

/** Resources to load before a step can run: rows of remote state, schemas, or both. */
export interface Waits {
  readonly remoteState?: RemoteState;
  readonly schemas?: Schemas;
}

/** Draws the waits of a seed; a third of the seeds have some. They do not affect the other draws of the seed. */
export const randomWaits = (seed: number): Waits => {
  const random = new Random(seed ^ 0x10ad);
  const remote = random.chance(0.18);
  const schemas = random.chance(0.18);
  return {
    ...(remote && { remoteState: { memory: random.pick([4_000, 20_000]), latency: random.pick([0, 10, 100]) } }),
    ...(schemas && { schemas: randomSchemas(random) }),
  };
};

/** Returns a text for reports. */
export const nameOfWaits = ({ remoteState, schemas }: Waits): string =>
  [remoteState === undefined ? '' : ', remote state', schemas === undefined ? '' : ', schemas'].join('');

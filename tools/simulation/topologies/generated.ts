/** The parts of a generated topology. */
import type { SimulatedInput } from '@kstreams/simulation';
import type { Guarantee, Streams } from 'kstreams';
import type { Law } from './laws.js';
import type { Pause } from './steps.js';

/** A generated topology. */
export interface Generated {
  readonly name: string;
  /** The only guarantee of the topology; any unless set. */
  readonly guarantee?: Guarantee;
  readonly build: (pause: Pause) => Streams;
  /** The input of a topology that has other topics. */
  readonly input?: readonly SimulatedInput[];
  /** Checks the result with plain code over the whole input. */
  readonly law?: Law | undefined;
}

/** The parts of a generated topology. */
import type { SimulatedInput } from '@kstreams/simulation';
import type { Streams } from 'kstreams';
import type { Law } from './laws.js';
import type { Pause } from './steps.js';

/** A generated topology. */
export interface Generated {
  readonly name: string;
  readonly build: (pause: Pause) => Streams;
  /** The input of a topology that has other topics. */
  readonly input?: readonly SimulatedInput[];
  /** Checks the result with plain code over the whole input. */
  readonly law?: Law | undefined;
}

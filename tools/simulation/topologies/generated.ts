/** What a generator makes. */
import type { Streams } from 'kstreams';
import type { Law } from './laws.js';
import type { Pause } from './steps.js';

/** A generated topology. */
export interface Generated {
  readonly name: string;
  readonly build: (pause: Pause) => Streams;
  /** What must be in the result, by plain code over the whole input. */
  readonly law?: Law | undefined;
}

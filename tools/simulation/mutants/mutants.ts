import { atLeastOnce } from './at-least-once.js';
import { exactlyOnce } from './exactly-once.js';
import type { Mutant } from './mutant.js';
import { steps } from './steps.js';

/** All deliberate bugs: the simulation must find every one. */
export const mutants: readonly Mutant[] = [...atLeastOnce, ...exactlyOnce, ...steps];

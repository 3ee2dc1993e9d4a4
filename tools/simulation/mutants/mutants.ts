import { atLeastOnce } from './at-least-once.js';
import { exactlyOnce } from './exactly-once.js';
import { loading } from './loading.js';
import type { Mutant } from './mutant.js';
import { steps } from './steps.js';
import { waiting } from './waiting.js';

/** All deliberate bugs. The simulation must find each. */
export const mutants: readonly Mutant[] = [...atLeastOnce, ...exactlyOnce, ...steps, ...waiting, ...loading];

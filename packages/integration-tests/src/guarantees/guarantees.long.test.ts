/** Each backend under each guarantee, with a death at each step of a commit. */
import { callsOf } from '../commit/failing-commits.js';
import { describeBackends } from './describe-backends.js';
import { survivesADeath } from './laws.js';

/** The steps of a commit: those of exactly-once end with its transaction instead of a flush. */
const steps = {
  'at-least-once': ['flush', 'offsets', 'stores'],
  'exactly-once': ['offsets', 'transaction', 'stores'],
} as const;

describeBackends((guarantee) =>
  callsOf(...steps[guarantee]).map(({ step, when }) => ({
    name: `a process that dies ${when} ${step} loses nothing`,
    check: (run) => survivesADeath(run, { step, when }),
  })),
);

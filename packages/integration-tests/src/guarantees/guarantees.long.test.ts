/** Each backend under each guarantee, with a death at each step of a commit. */
import { callsOf } from '../commit/failing-commits.js';
import { describeBackends } from './describe-backends.js';
import { survivesADeath } from './laws.js';

describeBackends(
  callsOf('flush', 'offsets', 'stores').map(({ step, when }) => ({
    name: `a process that dies ${when} ${step} loses nothing`,
    check: (run) => survivesADeath(run, { step, when }),
  })),
);

/** Each backend under each guarantee: the table in docs/stores.md. */
import { describeBackends } from './describe-backends.js';
import { survivesADeath, survivesALateLoss, survivesALoss } from './laws.js';

describeBackends(() => [
  {
    name: 'a process that dies between offsets and rows loses nothing',
    check: (run) => survivesADeath(run, { step: 'stores', when: 'before' }),
  },
  { name: 'lost rows are restored', check: survivesALoss },
  { name: 'lost last commits are restored', check: survivesALateLoss },
]);

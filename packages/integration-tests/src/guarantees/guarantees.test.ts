/** Each backend under each guarantee: the table in docs/stores.md. */
import { readFileSync } from 'node:fs';
import { expect, test } from '@jest/globals';
import { backends } from './backends.js';
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

test('the table in docs/stores.md has these backends', () => {
  const page = readFileSync(new URL('../../../../docs/stores.md', import.meta.url), 'utf8');
  const table = page.slice(page.indexOf('| backend | batch of rows and positions'));
  const rows = table.slice(0, table.indexOf('\n\n')).split('\n').slice(2);
  expect(rows.map((row) => /^\| `(\w+)\(/.exec(row)?.[1])).toEqual(backends.map(({ name }) => name));
});

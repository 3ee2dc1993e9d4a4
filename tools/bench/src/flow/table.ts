/** Runs `npm run bench -- flow [--rounds n] [--json]`: our test driver beside that of `@kafkats/flow`, which is installed on demand. */
import { parseArgs } from 'node:util';
import { machine } from '../machine.js';
import { inOwnProcess } from '../own-process.js';
import { positiveInteger } from '../positive-integer.js';
import { asText } from '../report.js';
import { flowVersion, installFlow } from './flow.js';

const { values } = parseArgs({
  allowPositionals: true,
  options: { rounds: { type: 'string', default: '7' }, json: { type: 'boolean' } },
});
const rounds = positiveInteger('rounds', values.rounds);
const missing = installFlow();
if (missing !== undefined) console.error(`skipped: flow-count: ${missing}`);
else {
  const comparison = await inOwnProcess('flow-count', rounds);
  console.log(
    values.json
      ? JSON.stringify({ ...machine, flow: flowVersion, comparisons: [comparison] }, undefined, 2)
      : asText(comparison),
  );
}

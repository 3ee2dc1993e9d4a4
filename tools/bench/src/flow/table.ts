/** Runs `npm run bench -- flow [--rounds n] [--json]`: our test driver beside that of `@kafkats/flow`, which is installed on demand. */
import { parseArgs } from 'node:util';
import { inOwnProcess } from '../own-process.js';
import { asText } from '../report.js';
import { flowVersion, installFlow } from './flow.js';

const { values } = parseArgs({
  allowPositionals: true,
  options: { rounds: { type: 'string', default: '7' }, json: { type: 'boolean' } },
});
const missing = installFlow();
if (missing !== undefined) console.error(`skipped: flow-count: ${missing}`);
else {
  const comparison = await inOwnProcess('flow-count', Number(values.rounds));
  console.log(
    values.json
      ? JSON.stringify({ node: process.version, flow: flowVersion, comparisons: [comparison] }, undefined, 2)
      : asText(comparison),
  );
}

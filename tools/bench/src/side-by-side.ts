/** Runs `npm run bench [-- --filter text] [--rounds n] [--json]`: measures kstreams beside hand-written code. */
import { parseArgs } from 'node:util';
import { benchmarks, skipped } from './benchmarks/index.js';
import type { Comparison } from './compare.js';
import { machine } from './machine.js';
import { inOwnProcess } from './own-process.js';
import { positiveInteger } from './positive-integer.js';
import { asText } from './report.js';

const { values } = parseArgs({
  options: {
    filter: { type: 'string', default: '' },
    rounds: { type: 'string', default: '7' },
    json: { type: 'boolean' },
  },
});
const rounds = positiveInteger('rounds', values.rounds);
const names = benchmarks.map(({ name }) => name);
const selected = names.filter((name) => name.includes(values.filter));
if (selected.length === 0) throw new RangeError(`--filter ${values.filter} fits none of ${names.join(', ')}`);

if (!values.json) console.log(`Node ${machine.node}, ${machine.cores} × ${machine.cpu}, ${rounds} rounds`);
const comparisons: Comparison[] = [];
for (const name of selected) {
  const comparison = await inOwnProcess(name, rounds);
  comparisons.push(comparison);
  if (!values.json) console.log(`\n${asText(comparison)}`);
}
for (const one of skipped) console.error(`\nskipped: ${one}`);
if (values.json) console.log(JSON.stringify({ ...machine, rounds, comparisons }, undefined, 2));

/**
 * Runs `npm run bench -- curves [--filter text] [--rounds n] [--json]`: the processor time of a record in process, rows in
 * memory, against one dimension after the other, beside the growth that is expected.
 */
import { fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { machine } from '../machine.js';
import { type Curve, curves } from './curves.js';

const { values } = parseArgs({
  allowPositionals: true,
  options: {
    filter: { type: 'string', default: '' },
    rounds: { type: 'string', default: '5' },
    json: { type: 'boolean' },
  },
});
const selected = curves.filter(({ name }) => name.includes(values.filter));
if (selected.length === 0)
  throw new RangeError(`--filter ${values.filter} fits none of ${curves.map(({ name }) => name).join(', ')}`);

/** Returns the cost of a record in µs, measured in a separate process. */
const measure = ({ name }: Curve, size: number): Promise<number> =>
  new Promise((resolve, reject) => {
    const child = fork(fileURLToPath(new URL('trial.ts', import.meta.url)), [name, String(size), values.rounds]);
    child.on('message', (cost) => resolve(cost as number));
    child.on('error', reject);
    child.on('exit', (code) => reject(new Error(`${name}, ${size}, ended without a result (exit code ${code})`)));
  });

const measured: { readonly name: string; readonly costs: readonly { readonly size: number; readonly µs: number }[] }[] =
  [];
for (const curve of selected) {
  const costs = [];
  for (const size of curve.points) costs.push({ size, µs: await measure(curve, size) });
  measured.push({ name: curve.name, costs });
  if (values.json) continue;
  const first = costs[0]?.µs ?? Number.NaN;
  console.log(`${curve.name}: ${curve.theory}`);
  for (const { size, µs } of costs)
    console.log(
      `${size.toLocaleString('en').padStart(12)}${µs.toFixed(2).padStart(10)} µs${(µs / first).toFixed(2).padStart(8)} ×`,
    );
}
if (values.json) {
  console.log(JSON.stringify({ ...machine, curves: measured }, undefined, 2));
}

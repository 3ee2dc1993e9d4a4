/**
 * Runs `npm run chaos [-- --short] [--seed n] [--client javascript]`: checks the guarantees on a real broker, with processes
 * that are killed, stopped and restarted under load. CI runs the short form.
 */
import { parseArgs } from 'node:util';
import { broker } from './broker.js';
import { runChaos } from './run-chaos.js';
import { fullStorms, shortStorms } from './storms.js';

const { values } = parseArgs({
  options: { short: { type: 'boolean' }, seed: { type: 'string' }, client: { type: 'string', default: 'librdkafka' } },
});
const seed = Number(values.seed ?? Math.floor(Date.now() / 1_000));
const storms = values.short === true ? shortStorms : fullStorms;

const started = performance.now();
console.log(`chaos: seed ${seed}, on ${values.client}`);
const brokers = await broker('start');
let failed = 0;
try {
  for (const storm of storms) {
    const problems = await runChaos(storm, seed, { brokers, client: values.client }, console.log);
    failed += problems.length;
    for (const problem of problems.slice(0, 20)) console.log(`  WRONG: ${problem}`);
  }
} finally {
  await broker('stop');
}
const took = ((performance.now() - started) / 1_000).toFixed(0);
console.log(`chaos: ${failed === 0 ? 'everything as promised' : `${failed} problems`}, ${took} s`);
process.exit(failed === 0 ? 0 : 1);

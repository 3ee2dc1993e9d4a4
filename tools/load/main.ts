/**
 * Runs `npm run load [-- --records n] [--rounds n] [--rate n] [--subscribers n]`: three processes of an application on the broker
 * at KSTREAMS_KAFKA, with reads, scans and subscribers over all of them; one process is killed and started again. Prints the
 * cost in throughput and the times of the reads; fails when a response, a scan or a subscriber is wrong.
 */
import { parseArgs } from 'node:util';
import { figuresOf, runLoad } from './run-load.js';

const { values } = parseArgs({
  options: {
    records: { type: 'string', default: '500000' },
    rounds: { type: 'string', default: '3' },
    rate: { type: 'string', default: '200' },
    subscribers: { type: 'string', default: '100' },
  },
});
const brokers = process.env.KSTREAMS_KAFKA;
if (brokers === undefined) throw new Error('set KSTREAMS_KAFKA=host:port of a broker, such as that of .ci/kafka start');
const [records, rounds, rate, subscribers] = [values.records, values.rounds, values.rate, values.subscribers].map(
  Number,
) as [number, number, number, number];
let latest = 'begin';
const limit = setTimeout(() => {
  console.log(`load: not done 12 minutes after the start; the latest step was: ${latest}`);
  process.exit(1);
}, 720_000);
const report = await runLoad({ brokers, records, rounds, rate, subscribers }, (line) => {
  latest = line;
  console.log(line);
});
clearTimeout(limit);
for (const line of figuresOf(report)) console.log(line);
for (const problem of report.problems.slice(0, 20)) console.log(`  WRONG: ${problem}`);
console.log(`load: ${report.problems.length === 0 ? 'everything as promised' : `${report.problems.length} problems`}`);
process.exit(report.problems.length === 0 ? 0 : 1);

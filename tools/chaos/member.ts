/** Runs one process of the workload: `member.ts BROKERS NAME FOLDER GUARANTEE`. Prints a line when all tasks run. */
import { type Guarantee, start } from 'kstreams';
import { kafka } from 'kstreams/kafka';
import { workload } from './workload.js';

const [brokers = '', name = '', folder = '', guarantee = 'exactly-once'] = process.argv.slice(2);

const say = (_: object, message: string): void => console.log(message);
const app = await start(workload(name), {
  transport: kafka({
    brokers,
    consumer: { 'session.timeout.ms': 6_000, 'heartbeat.interval.ms': 1_500, 'max.poll.interval.ms': 60_000 },
  }),
  folder,
  guarantee: guarantee as Guarantee,
  commitInterval: '200ms',
  transactionTimeout: '10s',
  workerFailure: 'replace',
  signals: true,
  logger: { debug: () => {}, info: say, warn: say, error: say },
});
await app.closed;

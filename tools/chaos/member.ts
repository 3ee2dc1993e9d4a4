/**
 * Runs one process of the workload: `member.ts CLIENT BROKERS NAME FOLDER GUARANTEE PACE`. Prints a line when all tasks run.
 * Records whose output is refused are skipped; all other failures end the process.
 */
import { type Guarantee, start } from 'kstreams';
import type { Intercept } from 'kstreams/authors';
import { transportOf } from './clients.js';
import { workload } from './workload.js';

const [client = '', brokers = '', name = '', folder = '', guarantee = 'exactly-once', pace = '0'] =
  process.argv.slice(2);

/** Blocks the process before each record of a stateful step, as a slow machine would. */
const still = new Int32Array(new SharedArrayBuffer(4));
const slow: Intercept = ({ operator }) =>
  operator === 'aggregate' || operator === 'stream-join'
    ? { before: () => void Atomics.wait(still, 0, 0, Number(pace)) }
    : undefined;

const say = (_: object, message: string): void => console.log(message);
const app = await start(workload(name), {
  transport: transportOf(client, brokers, { log: (message) => console.log(`client: ${message}`) }),
  folder,
  guarantee: guarantee as Guarantee,
  commitInterval: '200ms',
  transactionTimeout: '10s',
  workerFailure: 'replace',
  signals: true,
  ...(Number(pace) > 0 && { intercept: slow }),
  onError: ({ kind }) => (kind === 'production' ? 'skip' : 'fail'),
  logger: { debug: () => {}, info: say, warn: say, error: say },
});
await app.closed;

import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import type { Transport } from 'kstreams';
import { buildPeer } from '../peers/build-peer.js';
import type { Case } from './run-on.js';
import { withRecords } from './with-records.js';
import { concurrency, records } from './work.js';

/** The orders of parallel-consumer by ours. */
const orders = { none: 'UNORDERED', key: 'KEY', partition: 'PARTITION' } as const;

/** Runs a case in parallel-consumer. Returns the time from the first call to the last commit, in ms. */
export type ParallelConsumer = (transport: Transport, name: string, one: Case) => Promise<number>;

/** Returns parallel-consumer on a broker, or the reason why it cannot be built. */
export const parallelConsumer = (brokers: string): ParallelConsumer | string => {
  const built = buildPeer('parallel-consumer');
  if ('missing' in built) return built.missing;
  return (transport, name, { keys, order }) =>
    withRecords(transport, name, keys, async () => {
      const args = [brokers, name, orders[order], `${records}`, `${concurrency}`];
      const run = promisify(execFile)('java', ['-cp', built.classes, 'peers.ParallelConsumer', ...args]);
      return Number((await run).stdout);
    });
};

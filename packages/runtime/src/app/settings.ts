import { ConfigError, type Isolation, type Plan, toMilliseconds } from '@kstreams/core/graph';
import type { RunOptions } from './options.js';

/** How much of a transaction's time beyond the commit interval a drain may take. */
const drainShare = 0.75;

/** The checked options of an application; durations in ms. */
export type Settings = ReturnType<typeof readSettings>;

/** The options in numbers, with their defaults; refuses what cannot be. */
export const readSettings = (options: RunOptions) => {
  const { guarantee = 'at-least-once', liveLimit = 10_000, workerFailure = 'close', workers = 1 } = options;
  if (!Number.isInteger(workers) || workers < 1) throw new ConfigError(`workers: ${workers} is not a positive integer`);
  if (!(liveLimit >= 1)) throw new ConfigError(`liveLimit: ${liveLimit} is not a positive number`);
  if (options.endpoint === '') throw new ConfigError('endpoint: it is empty, so nobody could be reached by it');
  oneOf('guarantee', guarantee, ['at-least-once', 'exactly-once']);
  oneOf('workerFailure', workerFailure, ['close', 'replace']);
  const exactlyOnce = guarantee === 'exactly-once';
  const commitInterval = toMilliseconds(options.commitInterval ?? (exactlyOnce ? 100 : '5s'), 'the commit interval');
  const transactionTimeout = toMilliseconds(options.transactionTimeout ?? '10s', 'the transaction timeout');
  if (exactlyOnce && commitInterval >= transactionTimeout) {
    throw new ConfigError(
      `commitInterval: ${commitInterval} ms is not below the transactionTimeout of ${transactionTimeout} ms: ` +
        'every transaction would be aborted before it is committed',
    );
  }
  const given = toMilliseconds(options.drainTimeout ?? '5s', 'drainTimeout');
  // What a transaction is open for before and after a drain takes some of its time, too.
  const drainTimeout = exactlyOnce ? Math.min(given, (transactionTimeout - commitInterval) * drainShare) : given;
  const isolation: Isolation = exactlyOnce ? 'committed' : 'latest';
  return {
    exactlyOnce,
    isolation,
    commitInterval,
    transactionTimeout,
    liveLimit,
    workers,
    workerFailure,
    closeTimeout: toMilliseconds(options.closeTimeout ?? '30s', 'the close timeout'),
    maxTaskIdle: toMilliseconds(options.maxTaskIdle ?? 0, 'maxTaskIdle'),
    matchInterval: toMilliseconds(options.matchInterval ?? '30s', 'the match interval'),
    drainTimeout,
    purgeInterval: toMilliseconds(options.purgeInterval ?? '30s', 'the purge interval'),
  };
};

/** Refuses stores that a crash may lose, where that may not be: exactly once, rows must come back as they were committed. */
export const checkStores = ({ subtopologies }: Plan): void => {
  const unsafe = subtopologies.flatMap(({ stores }) => stores).find((one) => !one.changelog && !one.disposable);
  if (unsafe === undefined) return;
  throw new ConfigError(
    `store "${unsafe.name}" has no changelog, so a crash may lose its rows or count them twice, which exactly-once ` +
      'does not allow: give it one, or declare it `disposable`',
  );
};

const oneOf = (option: string, given: string, allowed: readonly string[]): void => {
  if (!allowed.includes(given)) throw new ConfigError(`${option}: "${given}" is none of ${allowed.join(', ')}`);
};

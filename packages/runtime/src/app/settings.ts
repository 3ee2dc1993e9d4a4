import { ConfigError, type Isolation, type Plan, toMilliseconds } from '@kstreams/core/graph';
import type { RunOptions } from './options.js';

/** The share of the transaction timeout beyond the commit interval that a drain may take. */
const drainShare = 0.75;

/** The checked options of an application; durations in ms. */
export type Settings = ReturnType<typeof readSettings>;

/** Returns the options with their defaults, in ms; throws when two of them contradict each other. */
export const readSettings = (options: RunOptions) => {
  const {
    guarantee = 'at-least-once',
    liveLimit = 10_000,
    removedRecords = 'earliest',
    workerFailure = 'close',
    workers = 1,
  } = options;
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
  // A transaction is also open before and after the drain.
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
    removedRecords,
    closeTimeout: toMilliseconds(options.closeTimeout ?? '30s', 'the close timeout'),
    maxTaskIdle: toMilliseconds(options.maxTaskIdle ?? 0, 'maxTaskIdle'),
    matchInterval: toMilliseconds(options.matchInterval ?? '30s', 'the match interval'),
    drainTimeout,
    retryTimeout: toMilliseconds(options.retryTimeout ?? '30m', 'the retry timeout'),
    startTimeout: toMilliseconds(options.startTimeout ?? 0, 'the start timeout'),
    purgeInterval: toMilliseconds(options.purgeInterval ?? '30s', 'the purge interval'),
  };
};

/** Throws when exactly-once is combined with a store that a crash may lose. */
export const checkStores = ({ subtopologies }: Plan): void => {
  const unsafe = subtopologies.flatMap(({ stores }) => stores).find((one) => !one.changelog && !one.disposable);
  if (unsafe === undefined) return;
  throw new ConfigError(
    `store "${unsafe.name}" has no changelog, so a crash may lose its rows or count them twice, which exactly-once ` +
      'does not allow: give it one or declare it `disposable`',
  );
};

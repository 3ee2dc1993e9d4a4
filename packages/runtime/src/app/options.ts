import type { Backend, Clock, Duration, Intercept, Observer, OnError, Transport } from '@kstreams/core/graph';
import type { Extension } from './extension.js';
import type { Logger } from './logger.js';

/**
 * What a crash may do: repeat work of which nothing was lost, or nothing at all, since output, state and offsets are
 * committed in one transaction.
 */
export type Guarantee = 'at-least-once' | 'exactly-once';

/** How an application runs. */
export interface RunOptions {
  readonly transport: Transport;
  /** Whether closing the application closes the transport; false unless set, since others may use it. */
  readonly closesTransport?: boolean;
  readonly state: Backend;
  /** Where the state of this application lives. */
  readonly stateFolder: string;
  readonly clock: Clock;
  /** `'at-least-once'` unless set. */
  readonly guarantee?: Guarantee;
  /** How often is committed; unless set, `'5s'` at least once and `'100ms'` exactly once. */
  readonly commitInterval?: Duration;
  /**
   * How long a transaction may stay open before the log aborts it, exactly once; `'10s'` unless set. After a crash others
   * wait so long at most for what it left open; a record must not take longer.
   */
  readonly transactionTimeout?: Duration;
  /**
   * What a failed worker does to its application: `'close'`, unless set, ends it; with `'replace'` a new worker goes on
   * from the last commit, until the tenth in a row fails before it could commit.
   */
  readonly workerFailure?: 'close' | 'replace';
  /** How many workers share the partitions in this process; 1 unless set. */
  readonly workers?: number;
  /**
   * How long a task that reads several topics waits for one that is at its end while others have records; 0 unless set.
   * Longer keeps the order of time across topics when one of them is slow.
   */
  readonly maxTaskIdle?: Duration;
  /**
   * How long calls in flight are waited for before a partition moves on or the application closes; `'5s'` unless set. What
   * is left then is aborted and begins anew where the partition goes. Exactly once, every commit waits for them, at most
   * three quarters of the time that the transaction timeout leaves beside the commit interval.
   */
  readonly drainTimeout?: Duration;
  /** How often the records of repartition topics that are done are deleted; `'30s'` unless set. */
  readonly purgeInterval?: Duration;
  /** How often topics are looked for that begin to match a pattern; `'30s'` unless set. */
  readonly matchInterval?: Duration;
  /** How many live values a store may hold before it lets go of clean ones; 10,000 unless set. */
  readonly liveLimit?: number;
  /** Whether SIGINT and SIGTERM close the application; false unless set. */
  readonly signals?: boolean;
  /** How long closing on a signal may take before the process exits with code 1; `'30s'` unless set. */
  readonly closeTimeout?: Duration;
  /** A name of this process that outlives it: back in time, it gets its partitions back without a rebalance. */
  readonly instanceId?: string;
  /**
   * How other processes of the application reach this one, in words of your own: `'http://10.0.0.7:8080'`. With it the
   * processes tell each other what they hold, through the topic `<app>-metadata`: see `app.metadata`. None unless set.
   */
  readonly endpoint?: string;
  /** Judges failures; every one fails unless set. */
  readonly onError?: OnError;
  /** Wraps the processors of this process; none is unless set. */
  readonly intercept?: Intercept;
  /** Sees what happens inside the tasks of this process; nobody does unless set. */
  readonly observer?: Observer;
  /** Receives log entries; none unless set. */
  readonly logger?: Logger;
  /** Services that start and close with the application, in this order; none unless set. */
  readonly extensions?: readonly Extension[];
}

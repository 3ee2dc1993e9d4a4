import {
  type Backend,
  type Clock,
  type Duration,
  type Intercept,
  type Observer,
  type OnError,
  type OptionChecks,
  option,
  type TracingTelemetry,
  type Transport,
} from '@kstreams/core/graph';
import type { RemovedRecordsPolicy } from '../worker/removed-records.js';
import type { Extension } from './extension.js';
import type { Logger } from './logger.js';

/**
 * The effect of a crash. `'at-least-once'` repeats work and loses none; `'exactly-once'` does neither, because output, state
 * and offsets are committed in one transaction.
 */
export type Guarantee = 'at-least-once' | 'exactly-once';

/** Options of a running application. */
export interface RunOptions {
  readonly transport: Transport;
  /** True when closing the application closes the transport; false unless set. */
  readonly closesTransport?: boolean;
  readonly state: Backend;
  /** The folder of the application's state. */
  readonly stateFolder: string;
  readonly clock: Clock;
  /** `'at-least-once'` unless set. */
  readonly guarantee?: Guarantee;
  /** The time between two commits; unless set, `'5s'` at least once and `'100ms'` exactly once. */
  readonly commitInterval?: Duration;
  /**
   * The time after which the log aborts an open transaction, exactly once; `'10s'` unless set. After a crash other processes
   * wait at most this long for its open transaction. Processing one record must not take longer.
   */
  readonly transactionTimeout?: Duration;
  /**
   * The effect of a failed worker. `'close'`, unless set, ends the application; `'replace'` continues with a new worker from
   * the last commit, at most ten times in a row without a commit. Outages of the log are no failures: see `retryTimeout`.
   */
  readonly workerFailure?: 'close' | 'replace';
  /**
   * The time for which workers retry while the log is out of reach, from the first failure on; `'30m'` unless set. Then the
   * application fails. Any commit, and ten minutes without a failure, end an outage.
   */
  readonly retryTimeout?: Duration;
  /**
   * The time for which the start waits for a log that does not respond; 0 unless set: then it fails at the first attempt.
   * Refused credentials fail it at once.
   */
  readonly startTimeout?: Duration;
  /**
   * The effect of records that the log deleted, by its retention, before they were read: reading continues with the oldest
   * record, unless set; `'latest'` continues at the end; `'fail'` ends the application. Each time is a `records-removed` event.
   */
  readonly removedRecords?: RemovedRecordsPolicy;
  /** The number of workers that share the partitions of this process; 1 unless set. */
  readonly workers?: number;
  /**
   * The time that a task waits for records of a topic at its end while its other topics have records; 0 unless set. A longer
   * time keeps records in timestamp order across topics when one of them is slow.
   */
  readonly maxTaskIdle?: Duration;
  /**
   * The longest wait for calls in flight before a partition moves or the application closes; `'5s'` unless set. Remaining
   * calls are aborted and repeated by the next owner of the partition. Exactly once, every commit waits for them, at most
   * three quarters of the transaction timeout minus the commit interval.
   */
  readonly drainTimeout?: Duration;
  /** The time between two deletions of committed repartition records; `'30s'` unless set. */
  readonly purgeInterval?: Duration;
  /** The time between two checks for topics that newly match a pattern; `'30s'` unless set. */
  readonly matchInterval?: Duration;
  /**
   * The number of live values at which a store evicts clean ones, and of changed rows in all tasks at which a worker commits;
   * 10,000 unless set.
   */
  readonly liveLimit?: number;
  /** True when SIGINT and SIGTERM close the application; false unless set. */
  readonly signals?: boolean;
  /** The time after a signal at which the process exits with code 1 if it is not closed; `'30s'` unless set. */
  readonly closeTimeout?: Duration;
  /**
   * A stable name of this process: a restart within the session timeout gets its partitions back without a rebalance; until
   * then nothing reads them. Unless set, `kstreams run` derives one from state that is kept on disk.
   */
  readonly instanceId?: string;
  /**
   * The address of this process for the others, in any format: `'http://10.0.0.7:8080'`. Processes with an endpoint
   * exchange their tasks through the topic `<app>-metadata`: see `app.metadata`. None unless set.
   */
  readonly endpoint?: string;
  /** The error policy; every failure ends the application unless set. */
  readonly onError?: OnError;
  /**
   * The topics that `onError` sends dead letters to: checked at the start, and created on an embedded log. A policy may also
   * name other topics, as long as they exist.
   */
  readonly deadLetters?: readonly string[];
  /** Wraps the processors of this process; they are not wrapped unless set. */
  readonly intercept?: Intercept;
  /** Observes the tasks of this process; none unless set. */
  readonly observer?: Observer;
  /** Receives the metrics of the application until it is closed, and may trace it; nothing is exported unless set. */
  readonly telemetry?: TracingTelemetry;
  /** Receives log entries; none unless set. */
  readonly logger?: Logger;
  /** Services that start and close with the application, in this order; none unless set. */
  readonly extensions?: readonly Extension[];
}

/** The checks of {@link RunOptions}. */
export const runChecks: OptionChecks<RunOptions> = {
  transport: option.required(option.transport),
  closesTransport: option.flag,
  state: option.required(option.backend),
  stateFolder: option.required(option.text),
  clock: option.required(option.clock),
  guarantee: option.oneOf<Guarantee>('at-least-once', 'exactly-once'),
  commitInterval: option.duration,
  transactionTimeout: option.duration,
  workerFailure: option.oneOf<NonNullable<RunOptions['workerFailure']>>('close', 'replace'),
  retryTimeout: option.duration,
  startTimeout: option.duration,
  removedRecords: option.oneOf<RemovedRecordsPolicy>('fail', 'earliest', 'latest'),
  workers: option.count,
  maxTaskIdle: option.duration,
  drainTimeout: option.duration,
  purgeInterval: option.duration,
  matchInterval: option.duration,
  liveLimit: option.limit(1),
  signals: option.flag,
  closeTimeout: option.duration,
  instanceId: option.text,
  endpoint: option.text,
  onError: option.onError,
  deadLetters: option.listOf(option.text),
  intercept: option.fn,
  observer: option.having('an object with functions, such as { forwarded }'),
  telemetry: option.telemetry,
  logger: option.having('a logger, such as pino() or console', 'debug', 'info', 'warn', 'error'),
  extensions: option.listOf(option.having('an extension: { name, started }', 'started')),
};

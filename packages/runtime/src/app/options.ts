import type { Backend, Clock, Duration, Observer, OnError, Transport } from '@kstreams/core';
import type { Logger } from './logger.js';

/** How an application runs. */
export interface RunOptions {
  readonly transport: Transport;
  /** Whether closing the application closes the transport; false unless set, since others may use it. */
  readonly closesTransport?: boolean;
  readonly state: Backend;
  /** Where the state of this application lives. */
  readonly stateFolder: string;
  readonly clock: Clock;
  /** How often is committed; `'5s'` unless set. */
  readonly commitInterval?: Duration;
  /** How many workers share the partitions in this process; 1 unless set. */
  readonly workers?: number;
  /**
   * How long a task that reads several topics waits for one that is at its end while others have records; 0 unless set.
   * Longer keeps the order of time across topics when one of them is slow.
   */
  readonly maxTaskIdle?: Duration;
  /** How often the records of repartition topics that are done are deleted; `'30s'` unless set. */
  readonly purgeInterval?: Duration;
  /** How often topics are looked for that begin to match a pattern; `'30s'` unless set. */
  readonly matchInterval?: Duration;
  /** How many live values a store may hold before it lets go of clean ones; 10,000 unless set. */
  readonly liveLimit?: number;
  /** A name of this process that outlives it: back in time, it gets its partitions back without a rebalance. */
  readonly instanceId?: string;
  /** Judges failures; every one fails unless set. */
  readonly onError?: OnError;
  /** Sees what happens inside the tasks of this process; nobody does unless set. */
  readonly observer?: Observer;
  /** Is told what happens; nobody is unless set. */
  readonly logger?: Logger;
}

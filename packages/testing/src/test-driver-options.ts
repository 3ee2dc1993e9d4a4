import {
  type ByteStore,
  type Intercept,
  type Observer,
  type OnError,
  type OptionChecks,
  observers,
  option,
  type Topology,
} from '@kstreams/core/graph';
import { deepFreeze } from './freeze.js';
import { refusePromises } from './refuse-promises.js';

/** A topology, or a chain that builds one. */
export type Testable = Topology | { build(): Topology };

/** Options of a test driver. */
export interface TestDriverOptions {
  /** The first time of the wall clock, in ms since 1970; 0 by default. */
  readonly wallClock?: number;
  /** True to freeze the records and rows that user code receives; true by default. */
  readonly freeze?: boolean;
  /** Error policy; by default `pipe` throws every failure. */
  readonly onError?: OnError;
  /** The topics that `onError` sends dead letters to. With this list, a dead letter for a topic outside of it throws. */
  readonly deadLetters?: readonly string[];
  /** The names of existing topics, for sources by pattern. */
  readonly topics?: readonly string[];
  /** The backend of all stores; in memory by default. */
  readonly bytes?: ByteStore;
  /** Maximum number of live values per store; unlimited by default. */
  readonly liveLimit?: number;
  /** The size of the largest record of a topic or changelog, in bytes, as `message.max.bytes` of Kafka; unlimited by default. */
  readonly maxRecordSize?: number;
  /** Wraps the processors. */
  readonly intercept?: Intercept;
  /** Observes the work of the tasks. */
  readonly observer?: Observer;
}

/** The checks of {@link TestDriverOptions}. */
export const driverChecks: OptionChecks<TestDriverOptions> = {
  wallClock: option.instant,
  freeze: option.flag,
  onError: option.onError,
  deadLetters: option.listOf(option.text),
  topics: option.listOf(option.text),
  bytes: option.byteStore,
  liveLimit: option.limit(1),
  maxRecordSize: option.limit(1),
  intercept: option.fn,
  observer: option.having('an object with functions, such as { forwarded }'),
};

/** Returns the observer that checks and freezes every record before its node, and the test's own. */
export const observerOf = ({ freeze = true, observer = {} }: TestDriverOptions): Observer =>
  observers(
    {
      forwarded: ({ to }, record) => {
        refusePromises(to, record);
        if (freeze) deepFreeze(record);
      },
    },
    observer,
  );

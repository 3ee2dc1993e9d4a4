import {
  type ByteStore,
  type Intercept,
  type Observer,
  type OnError,
  observers,
  type Topology,
} from '@kstreams/core/graph';
import { deepFreeze } from './freeze.js';
import { refusePromises } from './refuse-promises.js';

/** What a driver runs: a topology, or a chain that builds one. */
export type Testable = Topology | { build(): Topology };

/** How a driver runs. */
export interface TestDriverOptions {
  /** Where the wall clock begins, in ms since 1970; 0 unless set. */
  readonly wallClock?: number;
  /** Whether what user code is given is frozen; true unless set. */
  readonly freeze?: boolean;
  /** The error policy; every failure is thrown by `pipe` unless set. */
  readonly onError?: OnError;
  /** The names of the topics among which sources by pattern find theirs. */
  readonly topics?: readonly string[];
  /** Where `commit` brings the rows of the stores; in memory unless set. */
  readonly bytes?: ByteStore;
  /** How many live values each store keeps above that; all of them unless set. */
  readonly liveLimit?: number;
  /** Wraps the processors. */
  readonly intercept?: Intercept;
  /** Sees what happens inside the tasks. */
  readonly observer?: Observer;
}

/** What is done with every record before a node is given it, and the test's own observer. */
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

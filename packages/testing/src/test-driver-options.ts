import type { ByteStore, OnError, StreamRecord, Topology } from '@kstreams/core';
import { deepFreeze } from './freeze.js';
import { refusePromises } from './refuse-promises.js';

/** Sees a record that is handed to a node. */
export type Observe = (node: string, record: StreamRecord<unknown, unknown>) => void;

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
  /** Sees every record handed to every node. */
  readonly observe?: Observe;
}

/** What is done with every record before a node is given it. */
export const observer =
  ({ freeze = true, observe }: TestDriverOptions): Observe =>
  (node, record) => {
    refusePromises(node, record);
    if (freeze) deepFreeze(record);
    observe?.(node, record);
  };

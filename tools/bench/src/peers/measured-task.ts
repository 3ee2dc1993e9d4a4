/** One task of a topology without surroundings: rows in memory unless a backend is given, and a producer that counts. */
import {
  type ByteStore,
  type Outgoing,
  planTopology,
  type Received,
  type Subtopology,
  systemClock,
} from '@kstreams/core/graph';
import { allPolled, Metrics, openTask, storePartition, type Task } from '@kstreams/runtime';
import { memoryStore } from '@kstreams/stores';
import type { Streams } from 'kstreams';

/** A task that is fed and committed by hand, as a worker does. */
export interface MeasuredTask {
  /** Processes a batch of records. Returns their number. */
  process(records: readonly Received[]): number;
  commit(): Promise<void>;
  /** The number of records sent to the output topic. */
  readonly sent: number;
  /** True after a store has requested a commit, until the next one. */
  readonly commitRequested: boolean;
}

/** The state of a measured task. */
export interface MeasuredState {
  readonly bytes?: ByteStore;
  /** 1,000,000 unless set: above the rows of a commit, so that commits are those of the benchmark. */
  readonly liveLimit?: number;
  /** Called with each record that is sent to the output topic. */
  readonly onOutput?: (record: Outgoing) => void;
}

export const measuredTask = async (
  chain: Streams,
  { bytes = memoryStore(), liveLimit = 1_000_000, onOutput = () => {} }: MeasuredState = {},
): Promise<MeasuredTask> => {
  const { name, subtopologies } = planTopology(chain.build());
  const subtopology = subtopologies[0] as Subtopology;
  let sent = 0;
  let commitRequested = false;
  const send = (record: Outgoing): void => {
    if (record.topic !== 'out') return;
    sent++;
    onOutput(record);
  };
  const stopped = openTask({
    application: name,
    subtopology,
    partition: 0,
    storePartitions: subtopology.stores.map((spec) => storePartition(name, spec, 0, new Map())),
    bytes,
    liveLimit,
    globals: {
      store: () => undefined,
      lookup: (node) => {
        throw new RangeError(`${node} looks up a global table`);
      },
    },
    input: allPolled,
    producer: { send },
    topics: { get: () => ({ partitions: 1 }) },
    onError: undefined,
    observer: undefined,
    clock: systemClock,
    wake: () => {},
    metrics: new Metrics(),
    requestCommit: () => {
      commitRequested = true;
    },
  });
  await stopped.stores.load();
  const task: Task = stopped.start();
  const commit = async (): Promise<void> => {
    commitRequested = false;
    task.prepare();
    const { logged, unlogged } = stopped.stores.flush(send);
    task.offsets();
    await bytes.commit([...unlogged, ...logged]);
    stopped.stores.markCommitted();
    task.committed();
    await stopped.stores.clearExpired();
  };
  return {
    process: (records) => {
      for (const record of records) task.add(record);
      return task.process(Number.POSITIVE_INFINITY);
    },
    commit,
    get sent() {
      return sent;
    },
    get commitRequested() {
      return commitRequested;
    },
  };
};

import {
  type DropReason,
  type Outgoing,
  planTopology,
  type Received,
  type Subtopology,
  type Topology,
  toUtf8,
} from '@kstreams/core/graph';
import { Metrics, openTask, storePartition, type Task } from '@kstreams/runtime';
import { memoryStore } from '@kstreams/stores';
import { taskOptions } from './task-options.js';

/** A record of the input; key and value are texts. */
export interface InputRecord {
  readonly topic: string;
  readonly key: string;
  readonly value: string;
  readonly timestamp: number;
}

/**
 * A task of an application with one sub-topology, on a log and a clock that the test controls. It can be restarted from its
 * last commit. Records are read with `poll`, so the task may be behind the end of its log.
 */
export class RestartableTask {
  /** The wall clock, in ms. */
  now = 0;
  readonly #subtopology: Subtopology;
  readonly #bytes = memoryStore();
  readonly #metrics = new Metrics();
  readonly #log: Received[] = [];
  readonly #output: Outgoing[] = [];
  #polled = 0;
  #task: Task | undefined;

  private constructor(topology: Topology) {
    this.#subtopology = planTopology(topology).subtopologies[0] as Subtopology;
  }

  static async open(app: { build(): Topology }): Promise<RestartableTask> {
    const opened = new RestartableTask(app.build());
    await opened.#open();
    return opened;
  }

  /** Writes a record to the log, unread. */
  write({ key, timestamp, topic, value }: InputRecord): void {
    const offset = this.#log.length;
    this.#log.push({ topic, partition: 0, offset, timestamp, key: toUtf8(key), value: toUtf8(value), headers: [] });
  }

  /** Reads at most `max` records, and runs turns of a worker until nothing more is due. */
  async poll(max = Number.POSITIVE_INFINITY): Promise<void> {
    const task = this.#task as Task;
    for (let i = 0; i < max && this.#polled < this.#log.length; i++) task.add(this.#log[this.#polled++] as Received);
    for (let turn = 0; turn < 4; turn++) {
      while (task.process(100) > 0);
      task.punctuate();
      task.detectIdle();
      task.detectCatchUp();
      await new Promise((resolve) => setImmediate(resolve));
    }
  }

  /** Commits, closes the task, and opens it again. */
  async restart(): Promise<void> {
    const { stores } = this.#task as Task;
    const { logged, unlogged } = stores.flush(() => {});
    await this.#bytes.commit([...logged, ...unlogged]);
    await this.#task?.close();
    await this.#open();
  }

  /** Removes and returns the output. */
  take(): readonly Outgoing[] {
    return this.#output.splice(0);
  }

  /** Returns the number of drops for a reason. */
  dropped(reason: DropReason): number {
    return this.#metrics.drops.reduce((sum, one) => sum + (one.reason === reason ? one.count : 0), 0);
  }

  async #open(): Promise<void> {
    const subtopology = this.#subtopology;
    const stopped = openTask({
      ...taskOptions(subtopology),
      storePartitions: subtopology.stores.map((spec) => storePartition('app', spec, 0, new Map())),
      bytes: this.#bytes,
      metrics: this.#metrics,
      clock: { now: () => this.now, monotonic: () => this.now, after: () => () => {} },
      producer: { send: (record) => void this.#output.push(record) },
      input: {
        maxTaskIdle: 0,
        caughtUp: () => true,
        ends: async (partitions) => partitions.map(() => this.#log.length),
        position: () => this.#polled,
      },
    });
    await stopped.stores.load();
    this.#task = stopped.start();
  }
}

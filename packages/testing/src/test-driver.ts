import type { Table } from '@kstreams/core/dsl';
import {
  type AnyStoreSpec,
  type ByteStore,
  ConfigError,
  checkOptions,
  type DropReason,
  type Duration,
  interceptNodes,
  planTopology,
  retryPending,
  type StoreSpec,
  type Topic,
  toMilliseconds,
} from '@kstreams/core/graph';
import {
  ChangeFeed,
  type GlobalTables,
  Metrics,
  matchPatterns,
  type StoreWrites,
  type Task,
  type TaskEvent,
  type View,
  viewOf,
} from '@kstreams/runtime';
import { memoryStore } from '@kstreams/stores';
import { CommittedProgress, type DriverTasks, openTasks } from './driver-tasks.js';
import type { Drops } from './drops.js';
import { Outputs } from './outputs.js';
import { quoted } from './quoted.js';
import { RecordLoop } from './record-loop.js';
import { TestClock } from './test-clock.js';
import { driverChecks, type Testable, type TestDriverOptions } from './test-driver-options.js';
import { TestInput, TestOutput } from './test-topics.js';
import { writableStore } from './writable-store.js';

/**
 * Runs a topology in memory with the tasks of the runtime: one partition per topic, without timers and promises. `pipe`
 * processes a record and everything derived from it. Output to a topic that the topology reads is processed at once.
 *
 * A failure is thrown by the call that caused it. It drops the records that still wait; the next record is processed normally.
 *
 * @example
 * const driver = testDriver(shop)
 * driver.input(orders).pipe('o-1', order, 1_000)
 * driver.output(totals).read() // [{ key: …, value: 42, timestamp: 1_000, headers: [] }]
 */
export class TestDriver {
  readonly #bytes: ByteStore;
  readonly #metrics = new Metrics();
  readonly #loop = new RecordLoop();
  readonly #outputs: Outputs;
  readonly #clock: TestClock;
  readonly #open: () => DriverTasks;
  readonly #progress = new CommittedProgress();
  readonly #events: TaskEvent[] = [];
  #tasks: readonly Task[] = [];
  #globals: GlobalTables;

  constructor(topology: Testable, options: TestDriverOptions = {}) {
    checkOptions('testDriver', options, driverChecks);
    const whole = interceptNodes(planTopology('build' in topology ? topology.build() : topology), options.intercept);
    const plan = options.topics === undefined ? whole : matchPatterns(whole, options.topics);
    this.#outputs = new Outputs(plan, options.onError !== undefined, options.deadLetters);
    this.#bytes = options.bytes ?? memoryStore();
    this.#clock = new TestClock(options.wallClock);
    this.#open = () =>
      openTasks({
        plan,
        bytes: this.#bytes,
        clock: this.#clock,
        metrics: this.#metrics,
        driver: options,
        send: (record) => {
          this.#outputs.add(record);
          if (this.#loop.reads(record.topic)) this.#loop.add(record);
        },
        wake: () => this.#loop.wake(),
        emit: (event) => this.#events.push(event),
      });
    const opened = this.#open();
    this.#globals = opened.globals;
    this.#start(opened);
  }

  /** Returns the input for records of a topic. Throws a `ConfigError` when nothing in the topology reads it. */
  input<K, V>(topic: Topic<K, V>): TestInput<K, V> {
    if (!this.#loop.reads(topic.name)) {
      const read = this.#tasks.flatMap(({ queues }) => [...queues.keys()]).concat(this.#globals.topics);
      throw new ConfigError(`nothing reads topic "${topic.name}"; the topology reads ${quoted(read)}`);
    }
    return new TestInput(
      topic,
      () => this.#clock.now(),
      (record) => {
        this.#loop.add(record);
        this.#loop.run();
      },
    );
  }

  /** Returns the output of a topic. Throws a `ConfigError` when nothing in the topology writes it. */
  output<K, V>(topic: Topic<K, V>): TestOutput<K, V> {
    return new TestOutput(topic, this.#outputs.of(topic.name));
  }

  /** The topics written so far, in the order of their first record. */
  get writtenTopics(): readonly string[] {
    return this.#outputs.topics('all');
  }

  /** The topics with records that the test has not read, to check that it expects all output. */
  get unreadTopics(): readonly string[] {
    return this.#outputs.topics('unread');
  }

  /** The wall clock, in ms since 1970. */
  get wallClock(): number {
    return this.#clock.now();
  }

  /**
   * Advances the wall clock and fires what is due, each once, as after a pause: schedules, timers, and calls after an idle
   * time, which began with the last record. A call of an async step that begins here has its whole timeout before it.
   */
  advance(by: Duration): void {
    this.#clock.jump(toMilliseconds(by, 'how far the wall clock moves'));
    for (const task of this.#tasks) {
      task.punctuate();
      task.fireIdle();
    }
    this.#loop.run();
  }

  /**
   * Resolves when no call of an async step is in flight and all results are processed. Calls that wait for the wall clock
   * (a retry, a rate, an incomplete batch) are not awaited: begin them with `advance`.
   *
   * @example
   * driver.input(orders).pipe('o-1', order, 1_000)
   * await driver.settled()
   */
  async settled(): Promise<void> {
    await this.#loop.settled();
  }

  /** The first dropped record of each node and reason, and of each topic the first key in other bytes than its serde writes. */
  get events(): readonly TaskEvent[] {
    return this.#events;
  }

  /** The records dropped so far, by node and reason. */
  get drops(): readonly Drops[] {
    return this.#metrics.drops;
  }

  /** Returns the number of records dropped so far, for any reason or for one. */
  dropped(reason?: DropReason): number {
    const counted = this.drops.filter((one) => reason === undefined || one.reason === reason);
    return counted.reduce((sum, { count }) => sum + count, 0);
  }

  /** Returns a view of a table, or of a store by name, as an application does, without `changes$`. */
  view<K, V>(table: Table<K, V>): Omit<View<K, V>, 'changes$'>;
  view<K = unknown, V = unknown>(store: string): Omit<View<K, V>, 'changes$'>;
  view<K, V>(table: Table<K, V> | string): Omit<View<K, V>, 'changes$'> {
    const stores = this.#openStores();
    return viewOf<K, V>(table, {
      bytes: this.#bytes,
      changes: new ChangeFeed(),
      specs: stores.map(({ spec }) => spec),
      stores: () => stores,
      partitions: () => 1,
    });
  }

  /**
   * Returns a store by its spec, or by name, to be read and written. Throws a `ConfigError` when the topology does not have
   * it.
   */
  store<S>(spec: StoreSpec<S>): S;
  store(name: string): unknown;
  store(wanted: AnyStoreSpec | string): unknown {
    for (const { open, turn } of this.#stores()) {
      const found = open.find(({ spec }) => spec === wanted || spec.name === wanted);
      if (found !== undefined) return writableStore(found.handle as object, turn);
    }
    const name = typeof wanted === 'string' ? wanted : wanted.name;
    throw new ConfigError(
      `the topology keeps no store "${name}"; its stores: ${quoted(this.#openStores().map(({ spec }) => spec.name))}`,
    );
  }

  /** Fires what is due before a commit, then writes the changed rows of all stores to the backend. */
  async commit(): Promise<void> {
    this.#prepare();
    const globals = await retryPending(() => this.#globals.flush());
    const tasks: StoreWrites[] = [];
    for (const { stores } of this.#tasks) tasks.push(await retryPending(() => stores.flush(() => {})));
    await this.#bytes.commit([...globals, ...tasks.flatMap(({ logged, unlogged }) => [...logged, ...unlogged])]);
    this.#globals.stores.markCommitted();
    for (const { stores } of this.#tasks) {
      stores.markCommitted();
      await stores.clearExpired();
    }
  }

  /**
   * Commits, closes all tasks and opens them again on the committed rows, as a clean restart of the application does. Counts
   * of drops and output that is not read stay.
   *
   * @example
   * driver.input(orders).pipe('o-1', order, 1_000)
   * await driver.restart()
   * driver.input(orders).pipe('o-2', order, 2_000) // as without the restart
   */
  async restart(): Promise<void> {
    await this.commit();
    this.#progress.commit(this.#tasks);
    await this.close();
    const opened = this.#open();
    for (const { stores } of opened.stopped) await stores.load();
    this.#start(opened);
    this.#progress.resume(this.#tasks);
  }

  /** Closes all tasks and runs the releases of their processors. */
  async close(): Promise<void> {
    for (const task of this.#tasks) await task.close();
  }

  #start({ globals, stopped }: DriverTasks): void {
    this.#globals = globals;
    this.#tasks = stopped.map((task) => task.start());
    this.#loop.use(this.#tasks, globals);
    for (const task of this.#tasks) task.observeIdle();
  }

  /** Prepares all tasks, once per task: output of one may have to be prepared by others. */
  #prepare(): void {
    for (const _ of this.#tasks) {
      for (const task of this.#tasks) {
        task.prepare();
        this.#loop.run();
      }
    }
  }

  #stores() {
    return [...this.#tasks.map(({ stores }) => stores), this.#globals.stores];
  }

  #openStores() {
    return this.#stores().flatMap(({ open }) => open);
  }
}

/** Creates a {@link TestDriver}. */
export const testDriver = (topology: Testable, options?: TestDriverOptions): TestDriver =>
  new TestDriver(topology, options);

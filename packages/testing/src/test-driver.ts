import type { Table } from '@kstreams/core/dsl';
import {
  type AnyStoreSpec,
  type ByteStore,
  ConfigError,
  type DropReason,
  type Duration,
  interceptNodes,
  type Outgoing,
  planTopology,
  type StoreSpec,
  type Topic,
  toMilliseconds,
} from '@kstreams/core/graph';
import {
  allPolled,
  ChangeFeed,
  GlobalTables,
  matchPatterns,
  openTask,
  storePlace,
  type Task,
  type View,
  viewOf,
} from '@kstreams/runtime';
import { memoryStore } from '@kstreams/stores';
import { DropCounts, type Drops } from './drops.js';
import { freezePuts } from './freeze.js';
import { Outputs } from './outputs.js';
import { quoted } from './quoted.js';
import { Rounds } from './rounds.js';
import { TestClock } from './test-clock.js';
import { observerOf, type Testable, type TestDriverOptions } from './test-driver-options.js';
import { TestInput, TestOutput } from './test-topics.js';

/**
 * Runs a topology in memory with the production compile step: one partition per topic, every record processed to its end
 * within `pipe`, no timers, no promises. What goes to a topic that the topology reads is read again at once.
 *
 * A failure is thrown by the call that led to it. What was still to be processed is forgotten then, and the next record
 * is a new start.
 *
 * @example
 * const driver = testDriver(shop)
 * driver.input(orders).pipe('o-1', order, 1_000)
 * driver.output(totals).read() // [{ key: …, value: 42, timestamp: 1_000, headers: [] }]
 */
export class TestDriver {
  readonly #tasks: readonly Task[];
  readonly #globals: GlobalTables;
  readonly #bytes: ByteStore;
  readonly #drops = new DropCounts();
  readonly #rounds: Rounds;
  readonly #outputs: Outputs;
  readonly #clock: TestClock;

  constructor(topology: Testable, options: TestDriverOptions = {}) {
    const plan = interceptNodes(planTopology('build' in topology ? topology.build() : topology), options.intercept);
    const run = options.topics === undefined ? plan : matchPatterns(plan, options.topics);
    this.#outputs = new Outputs(run, options.onError !== undefined);
    this.#bytes = options.bytes ?? memoryStore();
    this.#clock = new TestClock(options.wallClock);
    const clock = this.#clock;
    const shared = {
      application: plan.name,
      bytes: this.#bytes,
      liveLimit: options.liveLimit ?? Number.POSITIVE_INFINITY,
      clock,
      now: () => clock.now(),
      dropped: (node: string, reason: DropReason) => this.#drops.add(node, reason),
    };
    this.#globals = new GlobalTables({ ...shared, nodes: plan.globals });
    const send = (record: Outgoing): void => {
      this.#outputs.add(record);
      if (this.#rounds.reads(record.topic)) this.#rounds.add(record);
    };
    this.#tasks = run.subtopologies.map((subtopology) => {
      const places = subtopology.stores.map((spec) => storePlace(plan.name, spec, 0, new Map()));
      const stopped = openTask({
        ...shared,
        subtopology,
        partition: 0,
        places,
        globals: this.#globals,
        input: allPolled,
        producer: { send },
        topics: { get: () => ({ partitions: 1 }) },
        onError: options.onError,
        observer: observerOf(options),
        requestCommit: () => {},
        wake: () => this.#rounds.ended(),
      });
      return stopped.start();
    });
    this.#rounds = new Rounds({ tasks: this.#tasks, globals: this.#globals, clock });
    for (const task of this.#tasks) task.observeIdle(clock.now());
    if (options.freeze !== false) for (const { handle } of this.#openStores()) freezePuts(handle);
  }

  /** Where records of a topic are put in. Throws when nothing in the topology reads it. */
  input<K, V>(topic: Topic<K, V>): TestInput<K, V> {
    if (!this.#rounds.reads(topic.name)) {
      const read = this.#tasks.flatMap(({ queues }) => [...queues.keys()]).concat(this.#globals.topics);
      throw new ConfigError(`nothing reads topic "${topic.name}"; the topology reads ${quoted(read)}`);
    }
    return new TestInput(
      topic,
      () => this.#clock.now(),
      (record) => {
        this.#rounds.add(record);
        this.#rounds.settle();
      },
    );
  }

  /** What the topology wrote to a topic. Throws when nothing in it writes there. */
  output<K, V>(topic: Topic<K, V>): TestOutput<K, V> {
    return new TestOutput(topic, this.#outputs.of(topic.name));
  }

  /** The topics written so far, in the order of their first record. */
  get writtenTopics(): readonly string[] {
    return this.#outputs.topics('all');
  }

  /** The topics that hold records which nobody has read, for a test that expects all it was told. */
  get unreadTopics(): readonly string[] {
    return this.#outputs.topics('unread');
  }

  /** The wall clock, in ms since 1970. */
  get wallClock(): number {
    return this.#clock.now();
  }

  /**
   * Moves the wall clock on and fires what comes due, each once, as after such a pause: schedules, timers, and what waits
   * for a silence, which lasts since the last record.
   */
  advance(by: Duration): void {
    const clock = this.#clock;
    clock.advance(toMilliseconds(by, 'how far the wall clock moves'));
    for (const task of this.#tasks) {
      task.punctuate(clock.now());
      task.fireIdle(clock.now());
    }
    this.#rounds.settle();
  }

  /**
   * Waits until no call of an async step is in flight and all that they came to is processed. What waits for the wall
   * clock (a retry, a rate, a batch that is not full) is not waited for: `advance` lets it begin.
   *
   * @example
   * driver.input(orders).pipe('o-1', order, 1_000)
   * await driver.settled()
   */
  async settled(): Promise<void> {
    await this.#rounds.settled();
  }

  /** What was dropped so far, by node and reason. */
  get drops(): readonly Drops[] {
    return this.#drops.list();
  }

  /** How many records were dropped so far, for any reason or for this one. */
  dropped(reason?: DropReason): number {
    return this.#drops.total(reason);
  }

  /** Reads the rows of a table, or of a store by its name, as an application does, but without `changes$`. */
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

  /** A store by its spec, or by its name. */
  store<S>(spec: StoreSpec<S>): S;
  store(name: string): unknown;
  store(wanted: AnyStoreSpec | string): unknown {
    const stores = this.#openStores();
    const found = stores.find(({ spec }) => spec === wanted || spec.name === wanted);
    if (found !== undefined) return found.handle;
    const name = typeof wanted === 'string' ? wanted : wanted.name;
    throw new ConfigError(
      `the topology keeps no store "${name}"; its stores: ${quoted(stores.map(({ spec }) => spec.name))}`,
    );
  }

  /** Does what is done before a commit, then brings what the stores hold to the backend. */
  async commit(): Promise<void> {
    this.#prepare();
    const globals = this.#globals.flush();
    const tasks = this.#tasks.map(({ stores }) => stores.flush(() => {}));
    await this.#bytes.commit([...globals, ...tasks.flatMap(({ logged, unlogged }) => [...logged, ...unlogged])]);
    this.#globals.stores.settled();
    for (const { stores } of this.#tasks) {
      stores.settled();
      await stores.clearExpired();
    }
  }

  /** Closes what the processors opened. */
  async close(): Promise<void> {
    for (const task of this.#tasks) await task.close();
  }

  /** Forwards what waits for a commit; a task may thereby hand others something that waits for it too. */
  #prepare(): void {
    for (const _ of this.#tasks) {
      for (const task of this.#tasks) {
        task.prepare();
        this.#rounds.settle();
      }
    }
  }

  #openStores() {
    return [...this.#tasks.flatMap(({ stores }) => stores.open), ...this.#globals.stores.open];
  }
}

/** Makes a {@link TestDriver}. */
export const testDriver = (topology: Testable, options?: TestDriverOptions): TestDriver =>
  new TestDriver(topology, options);

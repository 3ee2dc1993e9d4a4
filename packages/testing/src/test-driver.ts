import {
  type AnyStoreSpec,
  type ByteStore,
  ConfigError,
  type DropReason,
  type Duration,
  type Outgoing,
  planTopology,
  type Store,
  type StoreSpec,
  type Table,
  type Topic,
  toMilliseconds,
} from '@kstreams/core';
import {
  ChangeFeed,
  GlobalTables,
  matchPatterns,
  RecordJournal,
  Task,
  type View,
  viewOf,
  Watch,
} from '@kstreams/runtime';
import { memoryStore } from '@kstreams/stores';
import { DropCounts, type Drops } from './drops.js';
import { freezePuts } from './freeze.js';
import { openStores } from './open-stores.js';
import { Outputs } from './outputs.js';
import { quoted } from './quoted.js';
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
  readonly #offsets = new Map<string, number>();
  readonly #outputs: Outputs;
  readonly #again: Outgoing[] = [];
  #now: number;

  constructor(topology: Testable, options: TestDriverOptions = {}) {
    const plan = planTopology('build' in topology ? topology.build() : topology);
    const run = options.topics === undefined ? plan : matchPatterns(plan, options.topics);
    this.#outputs = new Outputs(run, options.onError !== undefined);
    this.#now = options.wallClock ?? 0;
    this.#bytes = options.bytes ?? memoryStore();
    const shared = {
      application: plan.name,
      bytes: this.#bytes,
      liveLimit: options.liveLimit ?? Number.POSITIVE_INFINITY,
      now: () => this.#now,
      dropped: (node: string, reason: DropReason) => this.#drops.add(node, reason),
    };
    this.#globals = new GlobalTables({ ...shared, nodes: plan.globals });
    this.#tasks = run.subtopologies.map((subtopology) => {
      const journal = new RecordJournal();
      const watch = Watch.over(observerOf(options));
      return new Task({
        ...shared,
        subtopology,
        partition: 0,
        journal,
        stores: openStores(subtopology.stores, journal, shared, watch),
        globalStore: (spec) => this.#globals.store(spec),
        globalLookup: (node) => this.#globals.lookup(node),
        outlet: { partitions: () => 1, send: (record) => this.#sent(record) },
        journaled: options.onError !== undefined,
        onError: options.onError ?? (() => 'fail'),
        requestCommit: () => {},
        watch,
      });
    });
    for (const task of this.#tasks) task.idleness.look(true, this.#now);
    if (options.freeze !== false) for (const { store } of this.#openStores()) freezePuts(store);
  }

  /** Where records of a topic are put in. Throws when nothing in the topology reads it. */
  input<K, V>(topic: Topic<K, V>): TestInput<K, V> {
    if (!this.#reads(topic.name)) {
      const read = this.#tasks.flatMap(({ queues }) => [...queues.keys()]).concat(this.#globals.topics);
      throw new ConfigError(`nothing reads topic "${topic.name}"; the topology reads ${quoted(read)}`);
    }
    return new TestInput(
      topic,
      () => this.#now,
      (record) => {
        this.#deliver(record);
        this.#settle();
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
    return this.#now;
  }

  /**
   * Moves the wall clock on and fires what comes due, each once, as after such a pause: schedules, timers, and what waits
   * for a silence, which lasts since the last record.
   */
  advance(by: Duration): void {
    this.#now += toMilliseconds(by, 'how far the wall clock moves');
    for (const task of this.#tasks) {
      task.punctuate(this.#now);
      task.afterSilence(this.#now);
    }
    this.#settle();
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
  store<S extends Store>(spec: StoreSpec<S>): S;
  store(name: string): Store;
  store(wanted: AnyStoreSpec | string): Store {
    const stores = this.#openStores();
    const found = stores.find(({ spec }) => spec === wanted || spec.name === wanted);
    if (found !== undefined) return found.store;
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
        this.#settle();
      }
    }
  }

  #openStores() {
    return [...this.#tasks.flatMap(({ stores }) => stores.open), ...this.#globals.stores.open];
  }

  #deliver(record: Outgoing): void {
    const offset = this.#offsets.get(record.topic) ?? 0;
    this.#offsets.set(record.topic, offset + 1);
    const received = { ...record, offset };
    if (this.#globals.topics.includes(record.topic)) this.#globals.apply(received);
    else this.#tasks.find(({ queues }) => queues.has(record.topic))?.add(received);
  }

  /** Processes what waits, to its end. */
  #settle(): void {
    try {
      for (;;) {
        while (this.#tasks.some((task) => task.step() === 'done'));
        const next = this.#again.shift();
        if (next === undefined) break;
        this.#deliver(next);
      }
    } catch (thrown) {
      this.#again.length = 0;
      for (const { queues } of this.#tasks) for (const queue of queues.values()) queue.clear();
      throw thrown;
    } finally {
      for (const task of this.#tasks) task.idleness.look(task.buffered === 0, this.#now);
    }
  }

  #sent(record: Outgoing): void {
    this.#outputs.add(record);
    if (this.#reads(record.topic)) this.#again.push(record);
  }

  #reads(topic: string): boolean {
    return this.#globals.topics.includes(topic) || this.#tasks.some(({ queues }) => queues.has(topic));
  }
}

/** Makes a {@link TestDriver}. */
export const testDriver = (topology: Testable, options?: TestDriverOptions): TestDriver =>
  new TestDriver(topology, options);

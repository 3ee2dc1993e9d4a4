import {
  type AnyStoreSpec,
  ConfigError,
  type DropReason,
  type Journal,
  type OnError,
  type Outgoing,
  type Plan,
  planTopology,
  type Store,
  type StoreSpec,
  type StreamRecord,
  type Topic,
  type Topology,
} from '@kstreams/core';
import { GlobalTables, RecordJournal, storePlace, Task, TaskStores } from '@kstreams/runtime';
import { memoryStore } from '@kstreams/stores';
import { deepFreeze } from './freeze.js';
import { TestInput, TestOutput } from './test-topics.js';

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
  /** Sees every record handed to every node. */
  readonly observe?: (node: string, record: StreamRecord<unknown, unknown>) => void;
}

/** How often records were dropped, where and why. */
export interface Drops {
  readonly node: string;
  readonly reason: DropReason;
  readonly count: number;
}

/**
 * Runs a topology in memory with the production compile step: one partition per topic, every record processed to its end
 * within `pipe`, no timers, no promises. What goes to a topic that the topology reads is read again at once.
 *
 * @example
 * const driver = testDriver(shop)
 * driver.input(orders).pipe('o-1', order, 1_000)
 * driver.output(totals).read() // [{ key: …, value: 42, timestamp: 1_000, headers: [] }]
 */
export class TestDriver {
  readonly #plan: Plan;
  readonly #tasks: readonly Task[];
  readonly #globals: GlobalTables;
  readonly #offsets = new Map<string, number>();
  readonly #outputs = new Map<string, Outgoing[]>();
  readonly #again: Outgoing[] = [];
  readonly #drops = new Map<string, { node: string; reason: DropReason; count: number }>();
  #now: number;

  constructor(topology: Testable, options: TestDriverOptions = {}) {
    this.#plan = planTopology('build' in topology ? topology.build() : topology);
    this.#now = options.wallClock ?? 0;
    const bytes = memoryStore();
    const shared = {
      application: this.#plan.name,
      bytes,
      liveLimit: Number.POSITIVE_INFINITY,
      now: () => this.#now,
      dropped: (node: string, reason: DropReason) => this.#drop(node, reason),
    };
    this.#globals = new GlobalTables({ ...shared, nodes: this.#plan.globals });
    this.#tasks = this.#plan.subtopologies.map((subtopology) => {
      const journal = new RecordJournal();
      return new Task({
        ...shared,
        subtopology,
        partition: 0,
        journal,
        stores: openStores(subtopology.stores, journal, shared),
        globalStore: (spec) => this.#globals.store(spec),
        globalLookup: (node) => this.#globals.lookup(node),
        outlet: { partitions: () => 1, send: (record) => this.#sent(record) },
        journaled: options.onError !== undefined,
        onError: options.onError ?? (() => 'fail'),
        requestCommit: () => {},
        observe: observer(options),
      });
    });
  }

  /** Where records of a topic are put in. Throws when nothing in the topology reads it. */
  input<K, V>(topic: Topic<K, V>): TestInput<K, V> {
    this.#reader(topic.name);
    return new TestInput(
      topic,
      () => this.#now,
      (record) => {
        this.#deliver(record);
        this.#settle();
      },
    );
  }

  /** What the topology wrote to a topic. */
  output<K, V>(topic: Topic<K, V>): TestOutput<K, V> {
    return new TestOutput(topic, this.#written(topic.name));
  }

  /** The topics written so far, in the order of their first record. */
  get writtenTopics(): readonly string[] {
    return [...this.#outputs.keys()];
  }

  /** The wall clock, in ms since 1970. */
  get wallClock(): number {
    return this.#now;
  }

  /** Moves the wall clock on by so many ms and fires the schedules that come due. */
  advance(ms: number): void {
    this.#now += ms;
    for (const task of this.#tasks) task.punctuate(this.#now);
    this.#settle();
  }

  /** What was dropped so far, by node and reason. */
  get drops(): readonly Drops[] {
    return [...this.#drops.values()];
  }

  /** How many records were dropped so far, for any reason or for this one. */
  dropped(reason?: DropReason): number {
    return this.drops.reduce((sum, one) => (reason === undefined || one.reason === reason ? sum + one.count : sum), 0);
  }

  /** A store by its spec, or by its name. */
  store<S extends Store>(spec: StoreSpec<S>): S;
  store(name: string): Store;
  store(wanted: AnyStoreSpec | string): Store {
    const stores = [...this.#tasks.flatMap(({ stores }) => stores.open), ...this.#globals.stores.open];
    const found = stores.find(({ spec }) => spec === wanted || spec.name === wanted);
    if (found !== undefined) return found.store;
    const known = stores.map(({ spec }) => `"${spec.name}"`).join(', ') || 'none';
    throw new ConfigError(
      `the topology keeps no store "${typeof wanted === 'string' ? wanted : wanted.name}"; its stores: ${known}`,
    );
  }

  /** Closes what the processors opened. */
  async close(): Promise<void> {
    for (const task of this.#tasks) await task.close();
  }

  #deliver(record: Outgoing): void {
    const offset = this.#offsets.get(record.topic) ?? 0;
    this.#offsets.set(record.topic, offset + 1);
    const received = { ...record, offset };
    if (this.#globals.topics.includes(record.topic)) this.#globals.apply(received);
    else this.#reader(record.topic).add(received);
  }

  /** Processes what waits, to its end. What waits when something fails is forgotten, so that the next record is a new start. */
  #settle(): void {
    try {
      for (;;) {
        while (this.#tasks.some((task) => task.step() === 'done'));
        const next = this.#again.shift();
        if (next === undefined) return;
        this.#deliver(next);
      }
    } catch (thrown) {
      this.#again.length = 0;
      for (const { queues } of this.#tasks) for (const queue of queues.values()) queue.clear();
      throw thrown;
    }
  }

  #sent(record: Outgoing): void {
    this.#written(record.topic).push(record);
    if (this.#reads(record.topic)) this.#again.push(record);
  }

  #written(topic: string): Outgoing[] {
    const written = this.#outputs.get(topic) ?? [];
    this.#outputs.set(topic, written);
    return written;
  }

  #reads(topic: string): boolean {
    return this.#globals.topics.includes(topic) || this.#tasks.some(({ queues }) => queues.has(topic));
  }

  #reader(topic: string): Task {
    const reader = this.#tasks.find(({ queues }) => queues.has(topic));
    if (reader !== undefined || this.#globals.topics.includes(topic)) return reader as Task;
    const known = this.#tasks.flatMap(({ queues }) => [...queues.keys()]).concat(this.#globals.topics);
    throw new ConfigError(
      `nothing reads topic "${topic}"; the topology reads ${known.map((one) => `"${one}"`).join(', ')}`,
    );
  }

  #drop(node: string, reason: DropReason): void {
    const entry = this.#drops.get(`${node} ${reason}`) ?? { node, reason, count: 0 };
    entry.count++;
    this.#drops.set(`${node} ${reason}`, entry);
  }
}

/** Makes a {@link TestDriver}. */
export const testDriver = (topology: Testable, options?: TestDriverOptions): TestDriver =>
  new TestDriver(topology, options);

const openStores = (
  specs: readonly AnyStoreSpec[],
  journal: Journal,
  { application, bytes, liveLimit }: { application: string; bytes: ReturnType<typeof memoryStore>; liveLimit: number },
): TaskStores => {
  const places = specs.map((spec) => storePlace(application, spec, 0, new Map()));
  return new TaskStores({ places, bytes, journal, liveLimit, full: () => {} });
};

const observer = ({ freeze = true, observe }: TestDriverOptions): TestDriverOptions['observe'] => {
  if (!freeze) return observe;
  return (node, record) => {
    deepFreeze(record.key);
    deepFreeze(record.value);
    observe?.(node, record);
  };
};

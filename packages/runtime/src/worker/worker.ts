import {
  type AnyStoreSpec,
  type ByteStore,
  type Clock,
  type Consumer,
  type DropReason,
  type OnError,
  type Position,
  type Producer,
  type SourceNode,
  type Subtopology,
  type TopicDescription,
  type TopicPartition,
  type Transport,
  TransportError,
  type Write,
} from '@kstreams/core';
import { sourceTopics } from '../names.js';
import type { GlobalTables } from '../state/global-tables.js';
import { restoreStore } from '../state/restore.js';
import { positionWrite, TaskStores } from '../state/task-stores.js';
import { RecordJournal } from '../task/journal.js';
import { decodeProgress } from '../task/progress.js';
import { Task } from '../task/task.js';
import type { Assignment } from './assignment.js';

/** What a worker shares with the others of its process, and what it is told. */
export interface WorkerOptions {
  readonly application: string;
  readonly index: number;
  readonly transport: Transport;
  readonly assignment: Assignment;
  readonly topics: ReadonlyMap<string, TopicDescription>;
  readonly bytes: ByteStore;
  readonly globals: GlobalTables;
  readonly clock: Clock;
  /** How often is committed, in ms. */
  readonly commitInterval: number;
  readonly liveLimit: number;
  readonly onError: OnError | undefined;
  readonly dropped: (node: string, reason: DropReason) => void;
  readonly processed: (records: number) => void;
  readonly restored: (records: number) => void;
  readonly committed: () => void;
}

/** How many records one poll asks for, and a task may hold before its partitions are held back. */
const pollLength = 2_000;
/** How long records are processed before timers and sockets get their turn, in ms. */
const sliceLength = 10;
/** How many sent records may be unacknowledged before the worker waits. */
const backlogLimit = 50_000;

/**
 * Polls, feeds the oldest record first, and now and then commits: append changelogs, wait for what was sent, commit
 * offsets, write the stores in one batch. A rebalance happens only inside a poll, so it meets no record and no commit in
 * the middle.
 */
export class Worker {
  readonly #options: WorkerOptions;
  readonly #consumer: Consumer;
  readonly #producer: Producer;
  readonly #tasks = new Map<string, Task>();
  readonly #byPartition = new Map<string, Task>();
  #closing = false;
  #commitRequested = false;
  #lastCommit: number;

  private constructor(options: WorkerOptions, consumer: Consumer, producer: Producer) {
    this.#options = options;
    this.#consumer = consumer;
    this.#producer = producer;
    this.#lastCommit = options.clock.now();
  }

  static async open(options: WorkerOptions): Promise<Worker> {
    const { application, assignment, index, transport } = options;
    const clientId = `${application}-${index}`;
    const consumer = await transport.consumer({ clientId, group: application });
    const worker = new Worker(options, consumer, await transport.producer({ clientId }));
    await consumer.subscribe({
      leaders: assignment.leaders,
      followers: (leader) => assignment.followers(leader),
      listener: {
        assigned: (partitions) => worker.#assigned(partitions),
        revoked: (partitions) => worker.#revoked(partitions),
        lost: (partitions) => worker.#drop(partitions),
      },
    });
    return worker;
  }

  get tasks(): Iterable<Task> {
    return this.#tasks.values();
  }

  /** Works until `close` is called or something fails; then commits what is done, unless it failed. */
  async run(): Promise<void> {
    try {
      while (!this.#closing) await this.#turn();
      await this.#commit();
    } finally {
      for (const task of this.#tasks.values()) await task.close();
      this.#tasks.clear();
      await this.#consumer.close();
      await this.#producer.close();
    }
  }

  close(): void {
    this.#closing = true;
    this.#consumer.wake();
  }

  async #turn(): Promise<void> {
    const { clock, commitInterval } = this.#options;
    const tasks = [...this.#tasks.values()];
    const busy = tasks.some((task) => task.buffered > 0 && task.retryAt <= clock.now());
    const due = Math.min(
      this.#lastCommit + commitInterval,
      ...tasks.flatMap((task) => [task.wallDue, ...(task.buffered > 0 ? [task.retryAt] : [])]),
    );
    this.#hold();
    for (const record of await this.#consumer.poll(
      pollLength,
      busy ? 0 : Math.max(0, Math.min(due - clock.now(), 1_000)),
    )) {
      this.#byPartition.get(`${record.topic}/${record.partition}`)?.add(record);
    }
    this.#process(clock.now() + sliceLength);
    for (const task of this.#tasks.values()) {
      task.punctuate(clock.now());
      if (task.cold !== undefined) await this.#warm(task);
    }
    if (this.#producer.backlog > backlogLimit) await this.#producer.drain(backlogLimit / 2);
    if (this.#commitRequested || clock.now() >= this.#lastCommit + commitInterval) await this.#commit();
    await new Promise<void>((resolve) => void setTimeout(resolve, 0));
  }

  #process(until: number): void {
    const { clock, processed } = this.#options;
    let count = 0;
    for (let busy = true; busy && clock.now() < until; ) {
      busy = false;
      for (const task of this.#tasks.values()) {
        for (let i = 0; i < 100 && this.#ready(task) && task.step() === 'done'; i++) {
          count++;
          busy = true;
        }
      }
    }
    if (count > 0) processed(count);
  }

  /** A task waits for a partition that has more to read, so that the oldest record of all can go first. */
  #ready(task: Task): boolean {
    for (const queue of task.queues.values()) {
      if (queue.length === 0 && !this.#consumer.caughtUp(queue)) return task.buffered >= pollLength;
    }
    return true;
  }

  /** Partitions of full tasks are held back, those of others flow. */
  #hold(): void {
    for (const task of this.#tasks.values()) {
      for (const queue of task.queues.values()) {
        if (queue.length >= pollLength) this.#consumer.pause([queue]);
        else this.#consumer.resume([queue]);
      }
    }
  }

  async #warm(task: Task): Promise<void> {
    const { bytes } = this.#options;
    if (task.cold !== undefined) await bytes.warm?.([task.cold]);
    task.cold = undefined;
  }

  async #commit(): Promise<void> {
    const { bytes, committed } = this.#options;
    this.#commitRequested = false;
    const touched = [...this.#tasks.values()].filter((task) => task.touched);
    if (touched.length > 0) {
      const writes: Write[] = [];
      for (const task of touched) {
        writes.push(
          ...task.stores.flush((topic, partition, key, value, timestamp) =>
            this.#producer.send({ topic, partition, key, value, timestamp, headers: [] }),
          ),
        );
      }
      await this.#producer.flush();
      const offsets = touched.flatMap((task) => task.offsets());
      await this.#consumer.commit(offsets);
      await bytes.commit([...writes, ...this.#positions(touched, offsets)]);
      for (const task of touched) {
        task.stores.settled();
        task.committed();
        await task.stores.clearExpired();
      }
      committed();
    }
    this.#lastCommit = this.#options.clock.now();
  }

  /** Up to where each changelog is in the rows that are about to be written. */
  #positions(tasks: readonly Task[], offsets: readonly Position[]): Write[] {
    return tasks.flatMap((task) =>
      task.stores.open.flatMap(({ spec, changelog, partition }) => {
        if (changelog === undefined) return [];
        const at =
          spec.sourceTopic === undefined
            ? this.#producer.acknowledged({ topic: changelog, partition })
            : offsets.find((one) => one.topic === changelog && one.partition === partition)?.offset;
        return at === undefined ? [] : [positionWrite(spec.name, partition, at)];
      }),
    );
  }

  async #assigned(partitions: readonly TopicPartition[]): Promise<readonly Position[]> {
    const committed = await this.#consumer.committed(partitions);
    const byTask = new Map<
      string,
      { subtopology: Subtopology; partition: number; done: Map<string, { offset: number; time: number }> }
    >();
    const positions: Position[] = [];
    for (const [i, one] of partitions.entries()) {
      const subtopology = this.#options.assignment.subtopologyOf(one.topic);
      if (subtopology === undefined) throw new TransportError('a partition was assigned that nothing reads', one);
      const id = `${subtopology.id}_${one.partition}`;
      const entry = byTask.get(id) ?? { subtopology, partition: one.partition, done: new Map() };
      byTask.set(id, entry);
      const found = committed[i];
      positions.push({ ...one, offset: found?.offset ?? (await this.#begin(subtopology, one)) });
      if (found !== undefined)
        entry.done.set(one.topic, { offset: found.offset, time: decodeProgress(found.metadata).time });
    }
    for (const [id, { subtopology, partition, done }] of byTask) {
      const task = await this.#open(
        subtopology,
        partition,
        new Map([...done].map(([topic, { offset }]) => [topic, offset])),
      );
      for (const [topic, { time }] of done) task.resumeTime(topic, time);
      this.#tasks.set(id, task);
      for (const topic of task.queues.keys()) this.#byPartition.set(`${topic}/${partition}`, task);
    }
    return positions;
  }

  /** Where a partition without a committed offset begins. */
  async #begin(subtopology: Subtopology, one: TopicPartition): Promise<number> {
    const reads = (source: SourceNode) => sourceTopics(this.#options.application, source).includes(one.topic);
    const from = subtopology.sources.find(reads)?.from ?? 'earliest';
    const query = typeof from === 'string' ? from : { timestamp: this.#options.clock.now() - from.ago };
    const [offset = 0] = await this.#consumer.offsets([one], query);
    return offset;
  }

  async #open(subtopology: Subtopology, partition: number, done: ReadonlyMap<string, number>): Promise<Task> {
    const { application, bytes, clock, dropped, globals, liveLimit, onError, restored, topics, transport } =
      this.#options;
    const journal = new RecordJournal();
    const requestCommit = () => {
      this.#commitRequested = true;
    };
    const specs: readonly AnyStoreSpec[] = subtopology.stores;
    const options = { application, partition, specs, bytes, journal, liveLimit, full: requestCommit };
    const consumer = await transport.consumer({ clientId: `${application}-${this.#options.index}-restore` });
    for (const store of new TaskStores(options).open) {
      const until = store.spec.sourceTopic === undefined ? undefined : (done.get(store.spec.sourceTopic) ?? 0);
      restored(await restoreStore(store, bytes, consumer, until));
    }
    await consumer.close();
    const stores = new TaskStores(options);
    await stores.load();
    return new Task({
      application,
      subtopology,
      partition,
      stores,
      journal,
      globalStore: (spec) => globals.store(spec),
      globalLookup: (node) => globals.lookup(node),
      outlet: {
        send: (record) => this.#producer.send(record),
        partitions: (topic) => {
          const found = topics.get(topic);
          if (found !== undefined) return found.partitions;
          throw new TransportError('a record goes to a topic that does not exist: create it first', { topic });
        },
      },
      journaled: onError !== undefined || bytes.warm !== undefined,
      onError: onError ?? (() => 'fail'),
      now: () => clock.now(),
      dropped,
      requestCommit,
    });
  }

  async #revoked(partitions: readonly TopicPartition[]): Promise<void> {
    await this.#commit();
    await this.#drop(partitions);
  }

  async #drop(partitions: readonly TopicPartition[]): Promise<void> {
    const gone = new Set(
      partitions.flatMap(({ topic, partition }) => this.#byPartition.get(`${topic}/${partition}`) ?? []),
    );
    for (const { topic, partition } of partitions) this.#byPartition.delete(`${topic}/${partition}`);
    for (const task of gone) {
      this.#tasks.delete(task.id);
      await task.close();
    }
  }
}

import {
  type ByteStore,
  type Clock,
  type Consumer,
  type DropReason,
  FencedError,
  type Observer,
  type OnError,
  type Producer,
  type Transport,
} from '@kstreams/core';
import type { EmitEvent } from '../app/events.js';
import type { ChangeFeed } from '../state/change-feed.js';
import type { GlobalTables } from '../state/global-tables.js';
import { Restorer } from '../state/restorer.js';
import type { Task } from '../task/task.js';
import { breathe } from './breathe.js';
import { commitTasks } from './commit.js';
import { Feed, queueLimit } from './feed.js';
import { joinTopics } from './join-topics.js';
import type { Reading } from './reading.js';
import { rebalanceListener } from './rebalance.js';
import type { ResumeOptions } from './resume.js';
import { openTask } from './task-opener.js';
import type { TaskRegistry } from './task-registry.js';
import { TaskSet } from './task-set.js';

/** What a worker shares with the others of its process, and what it is told. */
export interface WorkerOptions {
  readonly application: string;
  readonly index: number;
  readonly transport: Transport;
  readonly reading: Reading;
  readonly bytes: ByteStore;
  readonly globals: GlobalTables;
  readonly registry: TaskRegistry;
  readonly changes: ChangeFeed;
  readonly clock: Clock;
  /** How often is committed, in ms. */
  readonly commitInterval: number;
  readonly maxTaskIdle: number;
  readonly liveLimit: number;
  readonly instanceId: string | undefined;
  readonly onError: OnError | undefined;
  readonly observer: Observer | undefined;
  readonly dropped: (node: string, reason: DropReason) => void;
  readonly processed: (records: number) => void;
  readonly committed: (tasks: readonly Task[]) => Promise<void>;
  readonly phase: (phase: WorkerPhase) => void;
  readonly emit: EmitEvent;
}

/** Where a worker stands: not given anything yet, opening tasks, or with all its tasks running. */
export type WorkerPhase = 'created' | 'rebalancing' | 'running';

/** How long records are processed before timers and sockets get their turn, in ms. */
const sliceLength = 10;
/** How many sent records may be unacknowledged before the worker waits. */
const backlogLimit = 50_000;
/** How long a poll waits at most, in ms. */
const longestPoll = 1_000;

/**
 * Polls, feeds the oldest record first, and now and then commits. A rebalance happens only inside a poll, so it meets no
 * record and no commit in the middle. A worker that the group has fenced gives its tasks up and joins again.
 */
export class Worker {
  readonly tasks: TaskSet;
  readonly #options: WorkerOptions;
  readonly #restorer: Restorer;
  readonly #warming = new Set<Task>();
  #consumer!: Consumer;
  #producer!: Producer;
  #feed!: Feed;
  #resuming!: ResumeOptions;
  #joined = false;
  #closing = false;
  #commitRequested = false;
  #fenced = false;
  #broken: { readonly thrown: unknown } | undefined;
  #lastCommit: number;

  private constructor(options: WorkerOptions) {
    this.#options = options;
    this.#lastCommit = options.clock.now();
    const { application, bytes, emit, index, transport } = options;
    this.#restorer = new Restorer({ transport, bytes, emit, clientId: `${application}-${index}-restore` });
    const opening = {
      ...options,
      topics: options.reading.topics,
      restorer: this.#restorer,
      send: (record: Parameters<Producer['send']>[0]) => this.#producer.send(record),
      requestCommit: () => this.requestCommit(),
    };
    this.tasks = new TaskSet(
      (place, signal) => openTask(place, opening, signal),
      () => this.#consumer.wake(),
    );
  }

  /** Opens a worker; it has asked to join the group and does so in its first polls. */
  static async open(options: WorkerOptions): Promise<Worker> {
    const worker = new Worker(options);
    await worker.#join();
    return worker;
  }

  /** Works until `close` is called or something fails; then commits what is done, unless it failed. */
  async run(): Promise<void> {
    try {
      while (!this.#closing) await this.#turn();
      if (!this.#fenced) await this.#commit();
    } finally {
      await this.#leave();
    }
  }

  /** Commits at the end of this turn. */
  requestCommit(): void {
    this.#commitRequested = true;
  }

  close(): void {
    this.#closing = true;
    this.wake();
  }

  /** Has something new to look at. */
  wake(): void {
    this.#consumer.wake();
  }

  async #turn(): Promise<void> {
    const { clock, commitInterval, phase, processed } = this.#options;
    if (this.#fenced) await this.#rejoin();
    for (const record of await this.#consumer.poll(queueLimit, this.#patience())) {
      this.tasks.reader(record.topic, record.partition)?.add(record);
    }
    this.tasks.admit();
    await joinTopics(this.tasks, this.#resuming);
    if (this.#broken !== undefined) throw this.#broken.thrown;
    const running = this.tasks.running;
    if (this.#joined) phase(this.tasks.opening ? 'rebalancing' : 'running');
    const count = this.#feed.process(running, clock.now() + sliceLength);
    if (count > 0) processed(count);
    for (const task of running) {
      task.punctuate(clock.now());
      this.#warm(task);
    }
    this.#feed.regulate(running);
    if (this.#producer.backlog > backlogLimit) await this.#producer.drain(backlogLimit / 2);
    if (this.#commitRequested || clock.now() >= this.#lastCommit + commitInterval) await this.#commit();
    await breathe(clock);
  }

  /** How long a poll may wait: until a commit, a schedule or a retry is due, in ms. */
  #patience(): number {
    if (this.#commitRequested) return 0;
    const now = this.#options.clock.now();
    const dues = this.tasks.running.map((task) => this.#feed.due(task, now));
    const due = Math.min(this.#lastCommit + this.#options.commitInterval, ...dues);
    return Math.max(0, Math.min(due - now, longestPoll));
  }

  /** Fetches what a slow store does not have at hand, while the other tasks go on. */
  #warm(task: Task): void {
    const { cold } = task;
    if (cold === undefined || this.#warming.has(task)) return;
    this.#warming.add(task);
    const fetched = this.#options.bytes.warm?.([cold]) ?? Promise.resolve();
    const over = (): void => {
      this.#warming.delete(task);
      task.warmed();
      this.#consumer.wake();
    };
    fetched.then(over, (thrown: unknown) => {
      this.#broken = { thrown };
      this.#consumer.wake();
    });
  }

  /** Commits what is done; answers false when the group refused because this worker is no longer its member. */
  async #commit(): Promise<boolean> {
    const { bytes, clock, committed, emit, index } = this.#options;
    this.#commitRequested = false;
    try {
      // A task that has to wait before it can be committed is left for the next commit.
      const touched = this.tasks.running.filter((task) => task.prepare() && task.touched);
      if (touched.length > 0) {
        await commitTasks(touched, { bytes, consumer: this.#consumer, producer: this.#producer });
        await committed(touched);
        emit({ kind: 'committed', worker: index, tasks: touched.map(({ id }) => id) });
      }
      this.#lastCommit = clock.now();
      return true;
    } catch (thrown) {
      if (!(thrown instanceof FencedError)) throw thrown;
      this.#fenced = true;
      emit({ kind: 'fenced', worker: index, error: thrown });
      return false;
    }
  }

  async #join(): Promise<void> {
    const { application, clock, emit, index, instanceId, maxTaskIdle, phase, reading, transport } = this.#options;
    phase('created');
    const clientId = `${application}-${index}`;
    const member = instanceId === undefined ? {} : { instanceId: `${instanceId}-${index}` };
    const consumer = await transport.consumer({ clientId, group: application, ...member });
    this.#consumer = consumer;
    this.#producer = await transport.producer({ clientId });
    this.#feed = new Feed({ consumer, clock, maxTaskIdle });
    const commit = () => this.#commit();
    this.#resuming = { application, clock, consumer, reading };
    const options = { ...this.#resuming, commit, emit, tasks: this.tasks, worker: index };
    const listener = rebalanceListener(options);
    await consumer.subscribe({
      leaders: reading.assignment.leaders,
      followers: (leader) => reading.assignment.followers(leader),
      listener: {
        ...listener,
        assigned: (partitions) => {
          this.#joined = true;
          if (partitions.length > 0) phase('rebalancing');
          return listener.assigned(partitions);
        },
      },
    });
  }

  async #rejoin(): Promise<void> {
    await this.#leave();
    this.#fenced = false;
    this.#joined = false;
    this.#lastCommit = this.#options.clock.now();
    await this.#join();
  }

  /** Closes the tasks, then the clients; every one is tried, and the first failure thrown. */
  async #leave(): Promise<void> {
    const ends = [
      ...(await Promise.allSettled([this.tasks.drop()])),
      ...(await Promise.allSettled([this.#consumer.close(), this.#producer.close()])),
    ];
    const failed = ends.find((end) => end.status === 'rejected');
    if (failed !== undefined) throw failed.reason;
  }
}

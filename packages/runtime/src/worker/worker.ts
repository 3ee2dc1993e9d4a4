import { FencedError, type Outgoing, StateError, TransportError } from '@kstreams/core';
import { Drain } from '../async/drain.js';
import { Restorer } from '../state/restorer.js';
import type { Task } from '../task/task.js';
import { breathe } from './breathe.js';
import { type Clients, openClients, subscribe } from './clients.js';
import { commitTasks } from './commit.js';
import { queueLimit } from './feed.js';
import { joinTopics } from './join-topics.js';
import { beginTasks, rebalanceListener } from './rebalance.js';
import type { ResumeOptions } from './resume.js';
import { isPassing, type SetbackKind, Setbacks } from './setbacks.js';
import { openTask } from './task-opener.js';
import { TaskSet } from './task-set.js';
import { Warming } from './warming.js';
import type { WorkerOptions } from './worker-options.js';

/** How long records are processed before timers and sockets get their turn, in ms. */
const sliceLength = 10;
/** How many sent records may be unacknowledged before the worker waits. */
const backlogLimit = 50_000;
/** How long a poll waits at most, in ms. */
const longestPoll = 1_000;

/**
 * Polls, feeds the oldest record first, and now and then commits. A rebalance happens only inside a poll, so it meets no
 * record and no commit in the middle. A worker whose commit fails rolls its tasks back and goes on; one that was fenced
 * gives its tasks up and joins the group again.
 */
export class Worker {
  readonly tasks: TaskSet;
  readonly #options: WorkerOptions;
  readonly #restorer: Restorer;
  readonly #setbacks: Setbacks;
  readonly #beginnings = new Map<string, number>();
  readonly #warming: Warming;
  readonly #drain: Drain;
  #clients: Clients | undefined;
  #joined = false;
  #closing = false;
  #commitRequested = false;
  #lastCommit: number;

  private constructor(options: WorkerOptions) {
    this.#options = options;
    this.#lastCommit = options.clock.now();
    const { application, bytes, clock, drainTimeout, emit, index, transport } = options;
    const wake = (): void => this.wake();
    this.#setbacks = new Setbacks(clock, (kind, error) => emit({ kind, worker: index, error }));
    this.#warming = new Warming(bytes, wake);
    this.#drain = new Drain(clock, drainTimeout, wake);
    this.#restorer = new Restorer({ transport, bytes, emit, clientId: `${application}-${index}-restore` });
    const opening = {
      ...options,
      topics: options.reading.topics,
      restorer: this.#restorer,
      send: (record: Outgoing) => this.#open.outbox.send(record),
      requestCommit: () => (this.#commitRequested = true),
      wake: () => this.#drain.ring(),
    };
    this.tasks = new TaskSet((place, signal) => openTask(place, opening, signal), wake);
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
      while (!this.#closing) await this.#turn().catch((thrown: unknown) => this.#failed(thrown));
      await this.#commit(this.tasks.running, false);
    } finally {
      await this.#leave();
    }
  }

  close(): void {
    this.#closing = true;
    this.wake();
    this.#setbacks.wake();
  }

  /** Has something new to look at. */
  wake(): void {
    this.#clients?.consumer.wake();
  }

  get #open(): Clients {
    if (this.#clients !== undefined) return this.#clients;
    throw new StateError(`worker ${this.#options.index} has left its group`);
  }

  get #resuming(): ResumeOptions {
    const { application, clock, reading } = this.#options;
    return { application, beginnings: this.#beginnings, clock, consumer: this.#open.consumer, reading };
  }

  async #turn(): Promise<void> {
    if (this.#setbacks.pending !== undefined && !(await this.#resume(this.#setbacks.pending))) return;
    const { clock, commitInterval, phase, processed } = this.#options;
    const { consumer, feed, outbox } = this.#open;
    for (const record of await consumer.poll(queueLimit, this.#patience())) {
      this.tasks.reader(record.topic, record.partition)?.add(record);
    }
    if (this.#setbacks.pending !== undefined) return;
    this.tasks.admit();
    await joinTopics(this.tasks, this.#resuming);
    this.#warming.check();
    const running = this.tasks.running;
    if (this.#joined) phase(this.tasks.opening ? 'rebalancing' : 'running');
    const count = feed.process(running, clock.now() + sliceLength);
    if (count > 0) processed(count);
    feed.punctuate(running);
    for (const task of running) this.#warming.warm(task);
    feed.regulate(running);
    if (outbox.backlog > backlogLimit) await outbox.drain(backlogLimit / 2);
    if (this.#drain.awaitsCommit(running, outbox.transactional)) this.#commitRequested = true;
    if (this.#commitRequested || clock.now() >= this.#lastCommit + commitInterval) await this.#commit();
    await breathe(clock);
  }

  /** How long a poll may wait: until a commit, a schedule or a retry is due, in ms. */
  #patience(): number {
    if (this.#commitRequested) return 0;
    const now = this.#options.clock.now();
    const dues = this.tasks.running.map((task) => this.#open.feed.due(task, now));
    const due = Math.min(this.#lastCommit + this.#options.commitInterval, ...dues);
    return Math.max(0, Math.min(due - now, longestPoll));
  }

  /**
   * Commits what is done, also because partitions are about to move and tasks leave. A commit that may succeed another time sets the
   * worker back; any other failure is thrown.
   */
  async #commit(leaving?: readonly Task[], moves = leaving !== undefined): Promise<void> {
    if (this.#setbacks.pending !== undefined) return;
    const { bytes, clock, committed, emit, index } = this.#options;
    const { consumer, outbox } = this.#open;
    this.#commitRequested = false;
    const { running } = this.tasks;
    if (leaving !== undefined) await this.#drain.run(outbox.transactional ? running : leaving, outbox.transactional);
    const ready = running.filter((task) => task.prepare(outbox.transactional));
    if (ready.length < running.length && outbox.transactional) return this.#commitLater(moves);
    this.#drain.over(ready);
    // At least once, a task that has to wait before it can be committed is left for the next commit.
    const touched = ready.filter((task) => task.touched);
    if (touched.length > 0) {
      try {
        await commitTasks(touched, { bytes, consumer, outbox });
      } catch (thrown) {
        await this.#commitFailed(thrown);
        return;
      }
      this.#setbacks.over();
      await committed(touched);
      emit({ kind: 'committed', worker: index, tasks: touched.map(({ id }) => id) });
    }
    this.#lastCommit = clock.now();
  }

  /** A transaction is of all tasks: while one has to wait none is committed, and what moves before is taken back. */
  async #commitLater(moves: boolean): Promise<void> {
    this.#lastCommit = this.#options.clock.now();
    if (this.#drain.begin(this.tasks.running) || moves)
      await this.#commitFailed(new TransportError('a task could not be committed yet', {}, undefined, true));
  }

  /** Takes back what was not committed, and closes the tasks, to open them again as of their last commit. */
  async #commitFailed(thrown: unknown): Promise<void> {
    if (thrown instanceof FencedError) return this.#setbacks.add('fenced', thrown);
    if (!isPassing(thrown)) throw thrown;
    const { consumer, outbox } = this.#open;
    const aborted = await outbox.abort().then(
      () => true,
      () => false,
    );
    this.#setbacks.add(aborted ? 'rolled-back' : 'fenced', thrown);
    this.#options.phase('rebalancing');
    await this.tasks.close();
    consumer.pause(this.tasks.partitions);
  }

  /** A turn failed: the worker fails too, unless another is to take its place. */
  #failed(thrown: unknown): void {
    const replaced = this.#options.workerFailure === 'replace' && !(thrown instanceof FencedError);
    if (!replaced && !isPassing(thrown)) throw thrown;
    this.#setbacks.add('replaced', thrown);
  }

  /** Begins anew after a setback, when its time has come; answers false before. */
  async #resume(kind: SetbackKind): Promise<boolean> {
    const rejoins = kind !== 'rolled-back';
    if (rejoins && this.#clients !== undefined) await this.#leave();
    const { rest } = this.#setbacks;
    if (rest > 0) {
      if (rejoins) await this.#setbacks.wait();
      else await this.#open.consumer.poll(queueLimit, rest);
      return false;
    }
    if (rejoins) await this.#join();
    else await this.#rollBack();
    this.#setbacks.resumed();
    this.#lastCommit = this.#options.clock.now();
    return true;
  }

  /** Opens the closed tasks again, as of what is committed. */
  async #rollBack(): Promise<void> {
    const { consumer } = this.#open;
    const positions = await beginTasks(this.tasks.idle, this.tasks, this.#resuming);
    for (const position of positions) await consumer.seek(position);
  }

  async #join(): Promise<void> {
    const { emit, index, phase, reading } = this.#options;
    phase('created');
    this.#joined = false;
    this.#clients = await openClients(this.#options);
    const commit = (leaving: readonly Task[]) => this.#commit(leaving);
    const listener = rebalanceListener({ ...this.#resuming, commit, emit, tasks: this.tasks, worker: index });
    await subscribe(this.#clients.consumer, reading, {
      ...listener,
      assigned: (partitions) => {
        this.#joined = true;
        if (partitions.length > 0) phase('rebalancing');
        return listener.assigned(partitions);
      },
    });
  }

  /** Closes the tasks, then the clients; every one is tried, and the first failure thrown. */
  async #leave(): Promise<void> {
    const clients = this.#clients;
    this.#clients = undefined;
    const ends = [
      ...(await Promise.allSettled([this.tasks.drop()])),
      ...(await Promise.allSettled([clients?.consumer.close(), clients?.outbox.close()])),
    ];
    this.#beginnings.clear();
    const failed = ends.find((end) => end.status === 'rejected');
    if (failed !== undefined) throw failed.reason;
  }
}

import { FencedError, type Outgoing, TransportError } from '@kstreams/core/graph';
import { Restorer } from '../restore/restorer.js';
import { type FailedSend, FailedSends } from '../task/failed-sends.js';
import type { RecordQueue } from '../task/record-queue.js';
import type { Task } from '../task/task.js';
import { commitTasks } from './commit.js';
import { Drain } from './drain.js';
import { Membership } from './membership.js';
import { judgeFailedSends } from './recovery/judge-failed-sends.js';
import { isPassing, RestartPolicy, type SetbackKind } from './recovery/restart-policy.js';
import { queueLimit } from './task-executor.js';
import { type OwnedTask, openOwnedTask, type TaskPlace } from './task-opener.js';
import { TaskSet } from './task-set.js';
import { addMatchedTopics } from './topics/add-matched-topics.js';
import type { WorkerOptions } from './worker-options.js';
import { yieldToEventLoop } from './yield-to-event-loop.js';

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
  /** When it last had a turn, on the wall clock. */
  lastTurn: number;
  readonly #options: WorkerOptions;
  readonly #restorer: Restorer;
  readonly #restarts: RestartPolicy;
  readonly #failedSends = new FailedSends();
  readonly #membership: Membership;
  readonly #drain: Drain;
  #closing = false;
  #commitRequested = false;
  #lastCommit: number;

  private constructor(options: WorkerOptions) {
    this.#options = options;
    this.#lastCommit = options.clock.now();
    this.lastTurn = this.#lastCommit;
    const { application, bytes, clock, drainTimeout, emit, index, transport } = options;
    const wake = (): void => this.wake();
    this.#restarts = new RestartPolicy(clock, (kind, error) => emit({ kind, worker: index, error }));
    this.#drain = new Drain(clock, drainTimeout, options.limits, wake);
    this.#restorer = new Restorer({ transport, bytes, emit, clientId: `${application}-${index}-restore` });
    const opening = {
      ...options,
      topics: options.subscriptions.topics,
      restorer: this.#restorer,
      requestCommit: () => (this.#commitRequested = true),
      wake: () => this.#drain.notify(),
      failedSends: options.onError && this.#failedSends,
    };
    const open = (place: TaskPlace, signal: AbortSignal): Promise<OwnedTask> =>
      openOwnedTask(place, { ...opening, ...this.#membership.taskClients }, signal);
    this.tasks = new TaskSet(open, wake, options.moved);
    const commit = (leaving: readonly Task[]) => this.#commit(leaving);
    const takeBack = (why: string) => this.#rollBack(why);
    const { tasks } = this;
    this.#membership = new Membership({ worker: options, tasks, failedSends: this.#failedSends, commit, takeBack });
  }

  /** Opens a worker; it has asked to join the group and does so in its first polls. */
  static async open(options: WorkerOptions): Promise<Worker> {
    const worker = new Worker(options);
    await worker.#membership.join();
    return worker;
  }

  /** Works until `stop` is called or something fails; then commits what is done, unless it failed. */
  async run(): Promise<void> {
    try {
      while (!this.#closing) await this.#turn().catch((thrown: unknown) => this.#failed(thrown));
      await this.#commit(this.tasks.running, false);
    } finally {
      await this.#membership.leave();
    }
  }

  stop(): void {
    this.#closing = true;
    this.wake();
    this.#restarts.wake();
  }

  /** Has something new to look at. */
  wake(): void {
    this.#membership.wake();
  }

  /** How far each queue of its tasks is behind the end of its partition, in offsets; none while it joins its group. */
  async lags(): Promise<ReadonlyMap<RecordQueue, number>> {
    if (!this.#membership.open) return new Map();
    const { consumer } = this.#membership.clients;
    const queues = this.tasks.running.flatMap((task) => [...task.queues.values()]);
    const ends = await consumer.offsets(queues, 'latest');
    const lag = (queue: RecordQueue, end: number): number =>
      Math.max(0, end - (queue.received?.offset ?? consumer.position(queue) ?? end));
    return new Map(queues.map((queue, i) => [queue, lag(queue, ends[i] ?? 0)]));
  }

  async #turn(): Promise<void> {
    this.lastTurn = this.#options.clock.now();
    if (this.#restarts.pending !== undefined && !(await this.#resume(this.#restarts.pending))) return;
    const { bytes, clock, phase, processed } = this.#options;
    if (bytes.damage !== undefined) throw bytes.damage;
    const { consumer, executor, producer } = this.#membership.clients;
    this.tasks.add(await consumer.poll(queueLimit, this.#patience()));
    if (this.#failedSends.hasNew) await this.#takeBack();
    if (this.#restarts.pending !== undefined) return;
    this.tasks.admit();
    await addMatchedTopics(this.tasks, this.#membership.resuming);
    const running = this.tasks.running;
    if (this.#membership.answered) phase(this.tasks.opening.length > 0 ? 'rebalancing' : 'running');
    const count = executor.process(running, clock.now() + sliceLength);
    if (count > 0) processed(count);
    executor.punctuate(running);
    executor.regulate(running);
    if (producer.backlog > backlogLimit) await producer.drain(backlogLimit / 2);
    if (this.#drain.awaitsCommit(running, producer.transactional)) this.#commitRequested = true;
    if (this.#commitRequested || clock.now() >= this.#commitDue) await this.#commit();
    await yieldToEventLoop(clock);
  }

  get #commitDue(): number {
    return Math.min(this.#lastCommit + this.#options.commitInterval, this.#drain.deadline);
  }

  /** How long a poll may wait: until a commit, a schedule or a retry is due, in ms. */
  #patience(): number {
    if (this.#commitRequested) return 0;
    const now = this.#options.clock.now();
    const dues = this.tasks.running.map((task) => this.#membership.clients.executor.due(task, now));
    const due = Math.min(this.#commitDue, ...dues);
    return Math.max(0, Math.min(due - now, longestPoll));
  }

  /**
   * Commits what is done, also because partitions are about to move and tasks leave. A commit that may succeed another time
   * sets the worker back; any other failure is thrown.
   */
  async #commit(leaving?: readonly Task[], moves = leaving !== undefined): Promise<void> {
    if (this.#restarts.pending !== undefined) return;
    const { bytes, clock, committed, emit, index } = this.#options;
    const { consumer, producer } = this.#membership.clients;
    this.#commitRequested = false;
    const { running } = this.tasks;
    if (leaving !== undefined)
      await this.#drain.run(producer.transactional ? running : leaving, producer.transactional);
    const ready = running.filter((task) => task.prepare(producer.transactional));
    if (ready.length < running.length && producer.transactional) return this.#commitLater(moves);
    this.#drain.end(ready);
    // At least once, a task that has to wait before it can be committed is left for the next commit.
    const touched = ready.filter((task) => task.touched);
    if (touched.length > 0) {
      try {
        await commitTasks(touched, { bytes, consumer, producer });
      } catch (thrown) {
        await this.#commitFailed(thrown);
        return;
      }
      this.#restarts.over();
      this.#failedSends.committed(touched.flatMap((task) => task.offsets()));
      await committed(touched);
      emit({ kind: 'committed', worker: index, tasks: touched.map(({ id }) => id) });
    }
    this.#lastCommit = clock.now();
  }

  /** A transaction is of all tasks: while one has to wait none is committed, and what moves before is taken back. */
  async #commitLater(moves: boolean): Promise<void> {
    this.#lastCommit = this.#options.clock.now();
    if (this.#drain.begin(this.tasks.running) || moves) await this.#rollBack('a task could not be committed yet');
  }

  /** Takes back the open transaction, where there is one that was not taken back yet, and goes on from the one before. */
  async #rollBack(why: string): Promise<void> {
    if (this.#restarts.pending !== undefined || !this.#membership.clients.producer.transactional) return;
    await this.#commitFailed(new TransportError(why, {}, undefined, true));
  }

  async #commitFailed(thrown: unknown): Promise<void> {
    if (this.#failedSends.hasNew) return this.#takeBack();
    if (thrown instanceof FencedError) return this.#restarts.add('fenced', thrown);
    if (!isPassing(thrown)) throw thrown;
    const aborted = await this.#membership.abort();
    this.#restarts.add(aborted ? 'rolled-back' : 'fenced', thrown);
  }

  /** The log refused output: records that caused it come again, and are judged then; that of calls is judged now. */
  async #takeBack(): Promise<void> {
    await this.#membership.clients.producer.settle();
    const aborted = await this.#membership.abort();
    const kind = aborted ? 'rolled-back' : 'fenced';
    const refusal = this.#failedSends.take();
    const calls = this.#failedSends.takePunctuations();
    if (refusal !== undefined && refusal.record.cause === undefined) throw refusal.error;
    const [call] = calls;
    if (call === undefined) return this.#restarts.begin(kind, (refusal as FailedSend).error);
    const { dropped, onError } = this.#options;
    const refuses = (record: Outgoing) => this.#membership.refuses(record);
    const judgement = { failedSends: this.#failedSends, refuses, dropped, onError: onError ?? (() => 'fail' as const) };
    try {
      this.#restarts.add(kind, call.error, aborted ? await judgeFailedSends(calls, judgement) : 0);
    } catch (thrown) {
      if (!(thrown instanceof FencedError)) throw thrown;
      this.#restarts.add('fenced', thrown);
    }
  }

  /** A turn failed: the worker fails too, unless another is to take its place, or rows are damaged and can be mended. */
  #failed(thrown: unknown): void {
    const { bytes, mend, workerFailure } = this.#options;
    const mends = bytes.damage !== undefined && mend !== undefined;
    const replaced = mends || (workerFailure === 'replace' && !(thrown instanceof FencedError));
    if (!replaced && !isPassing(thrown)) throw thrown;
    this.#restarts.add('replaced', thrown);
  }

  /** Begins anew after a setback, when its time has come; answers false before. */
  async #resume(kind: SetbackKind): Promise<boolean> {
    const rejoins = kind !== 'rolled-back';
    if (rejoins && this.#membership.open) await this.#membership.leave();
    const { rest } = this.#restarts;
    if (rest > 0) {
      if (rejoins) await this.#restarts.wait();
      else await this.#membership.clients.consumer.poll(queueLimit, rest);
      return false;
    }
    if (rejoins) {
      await this.#options.mend?.();
      await this.#membership.join();
    } else await this.#membership.rewind();
    this.#restarts.resumed();
    this.#lastCommit = this.#options.clock.now();
    return true;
  }
}

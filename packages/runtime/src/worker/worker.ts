import {
  FencedError,
  type Outgoing,
  StorageError,
  sliceLength,
  type Write,
  yieldToEventLoop,
} from '@kstreams/core/graph';
import { Restorer } from '../restore/restorer.js';
import { FailedSends } from '../task/failed-sends.js';
import type { RecordQueue } from '../task/record-queue.js';
import { TopicLimits } from '../task/topic-limits.js';
import { Committer } from './committer.js';
import { Drain } from './drain.js';
import { Membership } from './membership.js';
import { OffsetRenewal } from './offset-renewal.js';
import { judgeFailedSends } from './recovery/judge-failed-sends.js';
import { Recovery, type RecoveryActions } from './recovery/recovery.js';
import { queueLimit } from './task-executor.js';
import { openOwnedTask } from './task-opener.js';
import { TaskSet } from './task-set.js';
import { addPartitions } from './topics/add-partitions.js';
import type { WorkerOptions } from './worker-options.js';
import { WorkerTimes } from './worker-times.js';

/** The number of unacknowledged records at which the worker waits. */
const backlogLimit = 50_000;
/** The longest wait of a poll, in ms. */
const longestPoll = 1_000;

/**
 * Polls, processes and commits in turns. Rebalances happen only inside a poll, never during a record or a commit.
 * Failures restart the worker through its {@link Recovery} or end it.
 */
export class Worker {
  readonly tasks: TaskSet;
  readonly #options: WorkerOptions;
  readonly #failedSends: FailedSends;
  readonly #membership: Membership;
  readonly #recovery: Recovery;
  readonly #committer: Committer;
  readonly #renewal: OffsetRenewal;
  /** Undefined without telemetry. */
  readonly #times: WorkerTimes | undefined;
  #lastTurn: number;
  #awaitsLog = false;
  /** The version of the plan that its tasks read. */
  #version = 0;
  #stopped = false;
  #halted = false;

  private constructor(options: WorkerOptions) {
    this.#options = options;
    const { application, clock, drainTimeout, emit, index, limits, transport } = options;
    this.#lastTurn = clock.monotonic();
    const topicLimits = new TopicLimits(transport.maxRecordSize, clock);
    const failedSends = new FailedSends(topicLimits);
    this.#failedSends = failedSends;
    const wake = (): void => this.wake();
    const drain = new Drain(clock, drainTimeout, limits, wake);
    const opening = {
      ...options,
      topics: options.subscriptions.topics,
      restorer: new Restorer({
        transport,
        bytes: options.bytes,
        clock,
        emit,
        copies: options.copies,
        clientId: `${application}-${index}-restore`,
        telemetry: options.metrics.telemetry,
      }),
      requestCommit: () => this.#committer.request(),
      wake: () => drain.notify(),
      failedSends: options.onError && failedSends,
      topicLimits,
    };
    const tasks = new TaskSet(
      (place, signal) => openOwnedTask(place, { ...opening, ...this.#membership.taskClients }, signal),
      wake,
      options.moved,
    );
    this.tasks = tasks;
    const membership = new Membership({
      worker: options,
      tasks,
      failedSends,
      commit: (leaving) => this.#committer.commit(leaving),
      rollBack: (reason) => this.#committer.rollBack(reason),
    });
    const recovery = new Recovery({
      clock,
      retryTimeout: options.retryTimeout,
      failedSends,
      actions: this.#recoveryActions(membership),
      replaces: (thrown) => this.#replaces(thrown),
      restarting: (kind, error) => emit({ kind, worker: index, error }),
    });
    const { telemetry } = options.metrics;
    const times = telemetry && new WorkerTimes(telemetry, index, clock);
    this.#times = times;
    this.#membership = membership;
    this.#recovery = recovery;
    this.#renewal = new OffsetRenewal(clock);
    const bytes = { commit: (writes: readonly Write[]) => this.#commitRows(writes) };
    this.#committer = new Committer({ worker: options, bytes, tasks, membership, recovery, failedSends, drain, times });
  }

  /** Opens a worker that subscribes to its topics and joins the group in its first polls. */
  static async open(options: WorkerOptions): Promise<Worker> {
    const worker = new Worker(options);
    await worker.#membership.join();
    return worker;
  }

  /** Runs until `stop` is called or a failure ends the worker; commits processed records after `stop`. */
  async run(): Promise<void> {
    try {
      while (!this.#stopped) await this.#turn().catch((thrown: unknown) => this.#recovery.turnFailed(thrown));
      if (!this.#halted) await this.#committer.commit(this.tasks.running, false);
    } catch (thrown) {
      throw await this.#options.cluster.explain(thrown);
    } finally {
      await this.#membership.leave();
    }
  }

  stop(): void {
    this.#stopped = true;
    this.wake();
    this.#recovery.wake();
  }

  /** Stops without a commit. */
  halt(): void {
    this.#halted = true;
    this.stop();
  }

  /** Ends a pending poll. */
  wake(): void {
    this.#membership.wake();
  }

  /** The monotonic time at which its turn or its last wait for the log began or ended, in ms. */
  get lastTurn(): number {
    return this.#lastTurn;
  }

  /** True while it waits for the log: for records, a commit or a restart. */
  get awaitsLog(): boolean {
    return this.#awaitsLog;
  }

  /** Returns the distance of a queue to the end of its partition as of the last fetch, in offsets. */
  lag(queue: RecordQueue): number | undefined {
    return this.#membership.open ? this.#membership.taskClients.input.lag?.(queue) : undefined;
  }

  async #turn(): Promise<void> {
    const { bytes, clock, phase } = this.#options;
    const times = this.#times;
    this.#awaitLog(true);
    if (!this.#recovery.working && !(await this.#recover())) return;
    if (bytes.damage !== undefined) throw bytes.damage;
    const outdated = this.#membership.reasonToRejoin();
    if (outdated !== undefined) return this.#recovery.replan(outdated);
    const { consumer, executor, producer } = this.#membership.clients;
    times?.begin('poll');
    const polled = await consumer.poll(queueLimit, this.#pollTimeout());
    times?.begin('other');
    this.tasks.add(polled);
    if (this.#failedSends.hasNew) await this.#recovery.sendsFailed();
    if (!this.#recovery.working) return;
    const { version } = this.#options.subscriptions;
    if (this.tasks.admit().length > 0 || version !== this.#version) {
      await addPartitions(this.tasks, this.#membership.fixedTasks, this.#membership.resuming);
      this.#version = version;
    }
    this.#awaitLog(false);
    const { running } = this.tasks;
    if (this.#membership.assigned) phase(this.tasks.opening.length > 0 ? 'rebalancing' : 'running');
    times?.begin('process');
    executor.process(running, clock.monotonic() + sliceLength);
    times?.begin('punctuate');
    executor.punctuate(running);
    times?.begin('other');
    executor.applyBackpressure(running);
    this.#awaitLog(true);
    if (producer.backlog > backlogLimit) await producer.drain(backlogLimit / 2);
    times?.begin('commit');
    await this.#committer.commitIfDue();
    if (this.#recovery.working) await this.#renewal.renewIfDue(consumer, this.tasks.partitions);
    this.#awaitLog(false);
    times?.begin('yield');
    await yieldToEventLoop(clock);
    times?.begin('other');
  }

  /** Begins or ends a wait for the log. */
  #awaitLog(waits: boolean): void {
    this.#awaitsLog = waits;
    this.#lastTurn = this.#options.clock.monotonic();
  }

  /** Commits rows; a hanging state backend is no wait for the log. */
  async #commitRows(writes: readonly Write[]): Promise<void> {
    this.#awaitLog(false);
    await this.#options.bytes.commit(writes);
    this.#awaitLog(true);
  }

  /** Returns the time until a commit, a schedule or a retry is due, in ms. */
  #pollTimeout(): number {
    const now = this.#options.clock.monotonic();
    const { executor } = this.#membership.clients;
    const due = Math.min(this.#committer.due, ...this.tasks.running.map((task) => executor.due(task, now)));
    return Math.max(0, Math.min(Math.ceil(due - now), longestPoll));
  }

  async #recover(): Promise<boolean> {
    const recovered = await this.#recovery.proceed();
    if (recovered) this.#committer.restart();
    return recovered;
  }

  #recoveryActions(membership: Membership): RecoveryActions {
    const { emit, mend, metrics, onError = () => 'fail' as const } = this.#options;
    const refuses = (record: Outgoing): Promise<boolean> => membership.refuses(record);
    return {
      settle: () => membership.clients.producer.settle(),
      abort: () => membership.abort(),
      rewind: () => membership.rewind(),
      leave: async () => {
        if (membership.open) await membership.leave();
      },
      join: async () => {
        await mend?.();
        await membership.join();
      },
      idle: async (ms) => {
        await membership.clients.consumer.poll(queueLimit, ms);
      },
      judge: (sends) => judgeFailedSends(sends, { emit, failedSends: this.#failedSends, metrics, refuses, onError }),
    };
  }

  /** True for damaged rows that can be restored, and for any failure but fencing where workers are replaced. */
  #replaces(thrown: unknown): boolean {
    const { bytes, mend, workerFailure } = this.#options;
    const mends = bytes.damage !== undefined && mend !== undefined;
    const isFenced = [thrown, thrown instanceof StorageError && thrown.cause].some((one) => one instanceof FencedError);
    return mends || (workerFailure === 'replace' && !isFenced);
  }
}

import type { Clock, Consumer } from '@kstreams/core/graph';
import type { PartitionQueue } from '../task/queue.js';
import type { Task } from '../task/task.js';
import type { Pauses } from './pauses.js';
import { Silence } from './silence.js';

/** How many records a partition's queue holds before the partition is held back; half of them let it flow again. */
export const queueLimit = 2_000;
/** How many records of a task are processed before the next task has its turn, and the clock is looked at. */
const burst = 100;

/** How long to wait for the log to send records that it is known to have, before looking again, in ms. */
const answerWait = 100;

/** How a worker feeds its tasks. */
export interface FeedOptions {
  readonly consumer: Consumer;
  readonly clock: Clock;
  /** How long a task waits for records of a partition that is at its end, in ms, while others have some. */
  readonly maxTaskIdle: number;
  /** What is held back for now. */
  readonly pauses: Pauses;
}

/**
 * Feeds the tasks of a worker in turns, each its oldest record first. A task waits while one of its partitions has more
 * on the log than in its queue, so that order by time holds across partitions; one that is at its end keeps nobody
 * waiting for longer than `maxTaskIdle`.
 */
export class Feed {
  readonly #options: FeedOptions;
  readonly #silence: Silence;
  readonly #idleSince = new WeakMap<Task, number>();

  constructor(options: FeedOptions) {
    this.#options = options;
    this.#silence = new Silence(options.consumer, options.clock);
  }

  /** Fires the wall-clock schedules that are due, and what waited for a silence. */
  punctuate(tasks: readonly Task[]): void {
    if (this.#options.pauses.all) return;
    for (const task of tasks) task.punctuate(this.#options.clock.now());
    this.#silence.watch(tasks);
  }

  /** Holds back the partitions that are paused or whose queues are full, and lets the others flow. */
  regulate(tasks: readonly Task[]): void {
    const { consumer } = this.#options;
    const hold: PartitionQueue[] = [];
    const flow: PartitionQueue[] = [];
    for (const task of tasks) {
      for (const queue of task.queues.values()) {
        if (!queue.held && (queue.paused || queue.length >= queueLimit)) hold.push(queue);
        else if (queue.held && !queue.paused && queue.length <= queueLimit / 2) flow.push(queue);
      }
    }
    if (hold.length > 0) consumer.pause(hold);
    if (flow.length > 0) consumer.resume(flow);
    for (const queue of hold) queue.held = true;
    for (const queue of flow) queue.held = false;
  }

  /** Processes what is ready until the time is up, and answers how many records are done. */
  process(tasks: readonly Task[], until: number): number {
    const { clock, pauses } = this.#options;
    let count = 0;
    for (const { queues } of tasks) for (const queue of queues.values()) queue.paused = pauses.has(queue.topic);
    if (pauses.all) {
      for (const task of tasks) task.settle();
      return count;
    }
    for (let busy = true; busy && clock.now() < until; ) {
      busy = false;
      for (const task of tasks) {
        if (task.settle()) busy = true;
        const done = this.#burst(task, clock.now());
        if (done > 0) busy = true;
        count += done;
      }
    }
    return count;
  }

  /** Processes what is ready of a task, and answers how many records are done. */
  #burst(task: Task, now: number): number {
    let count = 0;
    while (count < burst && (task.buffered === 0 || this.#ready(task, now)) && task.step(now) === 'done') count++;
    return count;
  }

  /** When a task is to be looked at again though no record came, on the wall clock; `Infinity` for never. */
  due(task: Task, now: number): number {
    if (task.pending !== undefined) return Number.POSITIVE_INFINITY;
    if (task.intake.completed) return Math.min(task.wallDue, task.retryAt);
    if (this.#options.pauses.all) return Number.POSITIVE_INFINITY;
    if (task.buffered === 0) return Math.min(task.wallDue, this.#silence.due(task));
    if (isFull(task)) return task.wallDue;
    const ready = this.#ready(task, now) ? task.retryAt : this.#patience(task, now);
    return Math.min(task.wallDue, ready);
  }

  /** True when the task's oldest record may be processed. */
  #ready(task: Task, now: number): boolean {
    let atEnd = false;
    for (const queue of task.queues.values()) {
      if (queue.length > 0 || queue.paused) continue;
      if (!this.#options.consumer.caughtUp(queue)) {
        this.#idleSince.delete(task);
        return false;
      }
      atEnd = true;
    }
    const { maxTaskIdle } = this.#options;
    if (!atEnd || maxTaskIdle === 0) return true;
    const since = this.#idleSince.get(task);
    if (since === undefined) this.#idleSince.set(task, now);
    return now - (since ?? now) >= maxTaskIdle;
  }

  /** Until when a task waits that is not ready: for its idle time, or for the log to answer. */
  #patience(task: Task, now: number): number {
    const since = this.#idleSince.get(task);
    return since === undefined ? now + answerWait : since + this.#options.maxTaskIdle;
  }
}

/** True when a task takes in no records until calls have ended, or a commit: both wake the poll. */
const isFull = ({ intake, queues }: Task): boolean => {
  for (const queue of queues.values()) if (queue.length > 0 && intake.closed(queue)) return true;
  return false;
};

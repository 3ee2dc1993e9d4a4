import type { Clock, Consumer } from '@kstreams/core/graph';
import type { RecordQueue } from '../task/record-queue.js';
import type { Task } from '../task/task.js';
import type { LatencySampler } from './latency-sampler.js';
import type { Pauses } from './pauses.js';

/** Number of records in a queue from which on its partition is held back. It flows again at half of them. */
export const queueLimit = 2_000;
/** Maximum number of records that a task processes in one turn; then the clocks are read and the next task runs. */
const burst = 100;

/** Options of an executor. */
export interface TaskExecutorOptions {
  readonly consumer: Consumer;
  readonly clock: Clock;
  readonly pauses: Pauses;
  /** Measures latencies; absent without telemetry. */
  readonly sampler?: LatencySampler | undefined;
}

/** Runs the tasks of a worker in turns, and holds back the partitions of those that cannot keep up. */
export class TaskExecutor {
  readonly #options: TaskExecutorOptions;

  constructor(options: TaskExecutorOptions) {
    this.#options = options;
  }

  /** Processes ready tasks until a monotonic time. */
  process(tasks: readonly Task[], until: number): void {
    const { clock, pauses, sampler } = this.#options;
    for (const task of tasks) task.pause(pauses);
    if (pauses.all) {
      for (const task of tasks) task.settle();
      return;
    }
    sampler?.sample(tasks);
    for (let busy = true; busy && clock.monotonic() < until; ) {
      busy = false;
      for (const task of tasks) {
        const settled = task.settle();
        if (task.process(burst) > 0 || settled) busy = true;
      }
    }
  }

  /** Fires punctuations of the wall clock that are due, and those after an idle time or once a task has caught up. */
  punctuate(tasks: readonly Task[]): void {
    if (this.#options.pauses.all) return;
    for (const task of tasks) task.punctuate();
    for (const task of tasks) {
      task.detectIdle();
      task.detectCatchUp();
    }
  }

  /** Holds back partitions that are paused or have a full queue, and lets the others flow. */
  applyBackpressure(tasks: readonly Task[]): void {
    const { consumer } = this.#options;
    const queues = tasks.flatMap((task) => [...task.queues.values()]);
    const changing = (change: 'hold' | 'flow'): RecordQueue[] =>
      queues.filter((queue) => queue.flowChange(queueLimit) === change);
    const [holding, flowing] = [changing('hold'), changing('flow')];
    if (holding.length > 0) consumer.pause(holding);
    if (flowing.length > 0) consumer.resume(flowing);
    for (const queue of holding) queue.hold(true);
    for (const queue of flowing) queue.hold(false);
  }

  /** Returns the monotonic time at which a task has work again, in ms; `Infinity` while it is blocked. */
  due(task: Task, now: number): number {
    const status = task.status(now);
    if (status.kind === 'ready') return now;
    return status.kind === 'waiting' ? status.until : Number.POSITIVE_INFINITY;
  }
}

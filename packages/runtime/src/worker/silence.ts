import type { Clock, Consumer } from '@kstreams/core/graph';
import type { Task } from '../task/task.js';

/**
 * Sees when the tasks of a worker are idle. That no record came is not enough: the log is asked where its partitions end,
 * and only if that is where the task stands does the silence count. A log that does not answer lets it begin anew.
 */
export class Silence {
  readonly #consumer: Consumer;
  readonly #clock: Clock;
  readonly #asking = new Set<Task>();
  readonly #confirmed = new Set<Task>();

  constructor(consumer: Consumer, clock: Clock) {
    this.#consumer = consumer;
    this.#clock = clock;
  }

  /** Looks at the tasks that run, once per turn. */
  watch(tasks: readonly Task[]): void {
    const now = this.#clock.now();
    for (const task of tasks) {
      if (!task.idleness.wanted) continue;
      const confirmed = this.#confirmed.delete(task);
      task.idleness.look(this.#atRest(task), now);
      if (task.idleness.due > now) continue;
      if (confirmed) task.afterSilence(now);
      else if (!this.#asking.has(task)) void this.#ask(task);
    }
  }

  /** When a task is to be looked at again, on the wall clock. */
  due(task: Task): number {
    return this.#asking.has(task) ? Number.POSITIVE_INFINITY : task.idleness.due;
  }

  #atRest(task: Task): boolean {
    if (task.buffered > 0 || !task.intake.idle) return false;
    for (const queue of task.queues.values()) if (!this.#consumer.caughtUp(queue)) return false;
    return true;
  }

  async #ask(task: Task): Promise<void> {
    this.#asking.add(task);
    const partitions = [...task.queues.values()];
    try {
      const ends = await this.#consumer.offsets(partitions, 'latest');
      const there = partitions.every((one, i) => (this.#consumer.position(one) ?? 0) >= (ends[i] as number));
      if (there) this.#confirmed.add(task);
      else task.idleness.end();
    } catch {
      // The log is out of reach: whether records wait there is not known.
      task.idleness.end();
    } finally {
      this.#asking.delete(task);
      this.#consumer.wake();
    }
  }
}

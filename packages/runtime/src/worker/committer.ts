import { type CommittedOffset, TimeSlice, TransportError } from '@kstreams/core/graph';
import type { FailedSends } from '../task/failed-sends.js';
import type { Task } from '../task/task.js';
import { type CommitTarget, commitTasks } from './commit.js';
import type { Drain } from './drain.js';
import type { Membership } from './membership.js';
import type { Recovery } from './recovery/recovery.js';
import type { TaskSet } from './task-set.js';
import type { WorkerOptions } from './worker-options.js';
import type { WorkerTimes } from './worker-times.js';

/** The parts of a worker that its commits involve. */
export interface CommitterOptions {
  readonly worker: WorkerOptions;
  /** Receives the rows of a commit. */
  readonly bytes: CommitTarget['bytes'];
  readonly tasks: TaskSet;
  readonly membership: Membership;
  readonly recovery: Recovery;
  readonly failedSends: FailedSends;
  readonly drain: Drain;
  /** Undefined without telemetry. */
  readonly times: WorkerTimes | undefined;
}

/** Commits the tasks of a worker: at intervals, on request, and before partitions move. */
export class Committer {
  readonly #options: CommitterOptions;
  readonly #slice: TimeSlice;
  #requested = false;
  #last: number;
  /** The number of changed rows at the start of the interval, of tasks that could not be committed. */
  #left = 0;

  constructor(options: CommitterOptions) {
    this.#options = options;
    this.#last = options.worker.clock.monotonic();
    this.#slice = new TimeSlice(options.worker.clock);
  }

  /** The monotonic time of the next commit, in ms; `-Infinity` when one is requested. */
  get due(): number {
    const { drain, worker } = this.#options;
    return this.#requested ? Number.NEGATIVE_INFINITY : Math.min(this.#last + worker.commitInterval, drain.deadline);
  }

  /** Requests a commit in this turn or the next. */
  request(): void {
    this.#requested = true;
  }

  /** Begins a new commit interval. */
  restart(): void {
    this.#last = this.#options.worker.clock.monotonic();
    this.#left = this.#changed;
  }

  /** Commits in this turn if a commit is due: also once `liveLimit` rows of all its tasks have changed. */
  async commitIfDue(): Promise<void> {
    const { drain, membership, tasks, worker } = this.#options;
    if (drain.awaitsCommit(tasks.running, membership.clients.producer.transactional)) this.request();
    if (this.#changed - this.#left > worker.liveLimit) this.request();
    if (worker.clock.monotonic() >= this.due) await this.commit();
  }

  /**
   * Commits processed records. With `leaving` tasks their calls in flight are drained first; `moves` is true when their
   * partitions go to other workers. A failed commit starts a recovery or is thrown.
   */
  async commit(leaving?: readonly Task[], moves = leaving !== undefined): Promise<void> {
    const { bytes, drain, failedSends, membership, recovery, tasks, times, worker } = this.#options;
    if (!recovery.working) return;
    const { consumer, producer } = membership.clients;
    const { transactional } = producer;
    this.#requested = false;
    const { running } = tasks;
    if (leaving !== undefined) await drain.run(transactional ? running : leaving, transactional);
    for (const task of running) task.skipMarkers();
    const ready = running.filter((task) => task.prepare(transactional));
    const late = running.filter((task) => !ready.includes(task));
    if (late.length > 0 && transactional) return this.#postpone(late, moves);
    drain.end(ready);
    // At least once, a task that is not ready stays for the next commit.
    const touched = ready.filter((task) => task.touched);
    if (touched.length > 0) {
      try {
        const checked = transactional ? this.#checkTopics() : undefined;
        // Awaited before the transaction is committed.
        checked?.catch(() => {});
        const commitOffsets = async (offsets: readonly CommittedOffset[]): Promise<void> => {
          if (!transactional) return consumer.commit(offsets);
          await checked;
          return producer.commit(offsets, consumer);
        };
        const target = { bytes, clock: worker.clock, commitOffsets, producer, slice: this.#slice };
        const work = (): Promise<void> => commitTasks(touched, target);
        const timed = times === undefined ? work : (): Promise<void> => times.commit(work);
        await (worker.metrics.tracing?.commit(worker.index, timed) ?? timed());
      } catch (thrown) {
        return recovery.commitFailed(thrown);
      }
      recovery.committed();
      failedSends.committed(touched.flatMap((task) => task.offsets()));
      await membership.batchAgain();
      worker.committed(touched);
      worker.emit({ kind: 'committed', worker: worker.index, tasks: touched.map(({ id }) => id) });
    }
    this.restart();
  }

  /** Rolls back the open transaction, if there is one, to the last commit. */
  async rollBack(reason: string): Promise<void> {
    const { membership, recovery } = this.#options;
    if (!recovery.working || !membership.clients.producer.transactional) return;
    await recovery.commitFailed(new TransportError(reason, {}, undefined, true));
  }

  /** The number of changed rows of all tasks. */
  get #changed(): number {
    let changed = 0;
    for (const { stores } of this.#options.tasks.running) changed += stores.changed;
    return changed;
  }

  /** Throws when a topic has changed so that the transaction may hold what its old state led to. */
  async #checkTopics(): Promise<void> {
    const { membership, worker } = this.#options;
    await worker.cluster.check();
    const outdated = membership.reasonToRejoin();
    if (outdated !== undefined) throw new TransportError(outdated, {}, undefined, true);
  }

  /** Waits for the late tasks of a transaction; partitions that move before are rolled back. */
  async #postpone(late: readonly Task[], moves: boolean): Promise<void> {
    const { drain, tasks } = this.#options;
    this.restart();
    if (!drain.begin(tasks.running) && !moves) return;
    const ids = late.map(({ id }) => id).join(', ');
    await this.rollBack(`${ids} could not be committed in time, since calls or rows of a slow store are awaited`);
  }
}

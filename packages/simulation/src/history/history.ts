import type { AnyContext, ObservedTask, Observer, Received, RecordSource } from '@kstreams/core/graph';
import type { CommittedSteps, TaskStep } from './task-step.js';
import { TaskWork } from './task-work.js';

/** The records that a commit covers. */
export interface Covered {
  /** True when the commit covers the offset of a record. */
  covers(source: RecordSource): boolean;
  /** Returns a record as it was read, or undefined if an earlier commit covered it. */
  record(source: RecordSource): Received | undefined;
  /** Returns the covered records that no node received, by offset. */
  unseen(started: readonly RecordSource[]): readonly Received[];
}

/** The steps of every task and the commits that made them final. Processes are identified by name. */
export class History implements Observer {
  /** The committed steps of each task, commit by commit, over all processes that owned it. */
  readonly commits = new Map<string, CommittedSteps[]>();
  /** False once a policy skipped work that the history cannot record. */
  complete = true;
  readonly #work = new Map<string, Map<string, TaskWork>>();
  /** The work of each open task by its source, which all contexts of the task share. */
  readonly #open = new WeakMap<RecordSource, TaskWork>();

  /** Returns the work of the task to which an opened node belongs. */
  open(process: string, { onClose, source, task }: AnyContext): TaskWork {
    const known = this.#open.get(source);
    if (known !== undefined) return known;
    const work = new TaskWork();
    this.#open.set(source, work);
    this.#tasksOf(process).set(task.id, work);
    onClose(() => {
      if (this.workOf(process, task.id) === work) this.discard(process, task.id);
    });
    return work;
  }

  /** Begins a piece of work of a task. */
  readonly began = ({ source }: ObservedTask): void => this.#open.get(source)?.begin();

  /** Ends the current work of a task. It leaves no step if it was rolled back, since the same work is done again. */
  readonly ended = ({ source }: ObservedTask, outcome: 'kept' | 'rolled-back'): void =>
    this.#open.get(source)?.end(outcome);

  /** Discards the uncommitted work of a task that a process closed or received again. */
  discard(process: string, task: string): void {
    this.#tasksOf(process).delete(task);
  }

  /** Returns the work of a task in a process, or undefined if the task is not open there. */
  workOf(process: string, task: string): TaskWork | undefined {
    return this.#tasksOf(process).get(task);
  }

  /** Notes that a policy skipped a failed call, so that a replay would differ. */
  markIncomplete(): void {
    this.complete = false;
  }

  /** Makes the covered steps of a task final. Records that no node received come first. */
  commit(process: string, task: string, { covers, record, unseen }: Covered): void {
    const done = this.workOf(process, task)?.take(covers) ?? [];
    const started = done.flatMap((step) => (step.kind === 'started' ? [step.source] : []));
    const before = unseen(started).map((one): TaskStep => ({ kind: 'record', wall: 0, record: one }));
    const steps = done.flatMap((step): readonly TaskStep[] => {
      if (step.kind !== 'started') return [step];
      const read = record(step.source);
      return read === undefined ? [] : [{ kind: 'record', wall: step.wall, record: read }];
    });
    if (before.length + steps.length === 0) return;
    this.commits.set(task, [...(this.commits.get(task) ?? []), [...before, ...steps]]);
  }

  #tasksOf(process: string): Map<string, TaskWork> {
    const tasks = this.#work.get(process) ?? new Map<string, TaskWork>();
    this.#work.set(process, tasks);
    return tasks;
  }
}

import type { AnyContext, NodeId, Received, RecordSource } from '@kstreams/core/graph';
import type { SimulatedProcess } from '../process/simulated-process.js';
import { TaskWork } from './task-work.js';

/** Something that a node asked to be called, by the node's name and its number there. */
export interface DueCall {
  readonly id: string;
  /** When it was due, on the wall clock; 0 where that is not known. */
  readonly due: number;
  /** The time that it was told. */
  readonly at: number;
}

/**
 * What makes nodes act without a record: stream time, which calls schedules at a restart, too; the time on the wall; that a
 * commit is about to be made; that nothing came.
 */
export type Occasion = 'stream' | 'wall' | 'commit' | 'silence';

/** A piece of a task's work that was done at once; `wall` is the time on the wall that it saw. */
export type Turn = { readonly wall: number } & (
  | { readonly kind: 'record'; readonly record: Received }
  /** A call came to something: that of the record before which so many entered the stage since the last commit. */
  | { readonly kind: 'result'; readonly node: NodeId; readonly entry: number; readonly value: unknown }
  | { readonly kind: Occasion; readonly calls: readonly DueCall[] }
);

/** Part of a task's work that one commit made final, in the order in which it was done. */
export type Batch = readonly Turn[];

/** The records that a commit covers. */
export interface Covered {
  /** False where its offset is not covered yet. */
  covers(source: RecordSource): boolean;
  /** The record as it was read; undefined where an earlier commit covered it. */
  record(source: RecordSource): Received | undefined;
  /** Those that no node was given, in their order. */
  others(begun: readonly RecordSource[]): readonly Received[];
}

/** What each task did, piece by piece, and what of it was committed. */
export class History {
  /** What was committed of each task, over all processes that had it. */
  readonly batches = new Map<string, Batch[]>();
  /** False once something was done of which nothing tells. */
  complete = true;
  /** The work of the tasks that each process has, and that of each open task by where its record in hand was read. */
  readonly #work = new Map<SimulatedProcess, Map<string, TaskWork>>();
  readonly #open = new WeakMap<RecordSource, TaskWork>();
  readonly #step: () => number;

  /** `step` tells in which step the simulation is. */
  constructor(step: () => number) {
    this.#step = step;
  }

  /** A node of a task was opened, which all share one source in their contexts. */
  opened(process: SimulatedProcess, { onClose, source, task }: AnyContext): TaskWork {
    const known = this.#open.get(source);
    if (known !== undefined) return known;
    const work = new TaskWork(this.#step);
    this.#open.set(source, work);
    this.#of(process).set(task.id, work);
    onClose(() => {
      if (this.of(process, task.id) === work) this.given(process, task.id);
    });
    return work;
  }

  /** A process is given a task, or has closed it: what it did before is none of its work any more. */
  given(process: SimulatedProcess, task: string): void {
    this.#of(process).delete(task);
  }

  /** The work of a task that a process has; undefined where it is not open. */
  of(process: SimulatedProcess, task: string): TaskWork | undefined {
    return this.#of(process).get(task);
  }

  /** A policy leaves a record out whose call failed: what its task does cannot be told again. */
  leavesOut(): void {
    this.complete = false;
  }

  /** Makes final what a commit covers of a task; records that no node was given go first. */
  commits(process: SimulatedProcess, task: string, { covers, others, record }: Covered): void {
    const done = this.of(process, task)?.take(covers) ?? [];
    const begun = done.flatMap((turn) => (turn.kind === 'begun' ? [turn.source] : []));
    const unseen = others(begun).map((one): Turn => ({ kind: 'record', wall: 0, record: one }));
    const seen = done.flatMap((turn): readonly Turn[] => {
      if (turn.kind !== 'begun') return [turn];
      const read = record(turn.source);
      return read === undefined ? [] : [{ kind: 'record', wall: turn.wall, record: read }];
    });
    if (unseen.length + seen.length === 0) return;
    this.batches.set(task, [...(this.batches.get(task) ?? []), [...unseen, ...seen]]);
  }

  #of(process: SimulatedProcess): Map<string, TaskWork> {
    const tasks = this.#work.get(process) ?? new Map<string, TaskWork>();
    this.#work.set(process, tasks);
    return tasks;
  }
}

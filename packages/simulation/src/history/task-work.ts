import { type NodeId, positionId, type RecordSource } from '@kstreams/core/graph';
import type { Punctuation, TaskStep } from './task-step.js';

/** A record that a task has started and no commit covers yet. */
interface StartedRecord {
  readonly kind: 'started';
  readonly wall: number;
  readonly source: RecordSource;
}

/** A step that is not committed yet. */
export type UncommittedStep = StartedRecord | Exclude<TaskStep, { readonly kind: 'record' }>;

/** The work of an open task since its last commit. */
export class TaskWork {
  /** The number of async calls without a result. */
  inFlight = 0;
  #steps: UncommittedStep[] = [];
  /** The number of records that have entered each stage. */
  #entered = new Map<NodeId, number>();
  /** All records started since the task was opened: later results of a record must not start it again. */
  readonly #started = new Set<string>();
  /** Functions that undo the steps of the current piece of work. */
  #undos: (() => void)[] = [];

  /** Begins a piece of work, which is kept or rolled back. */
  begin(): void {
    this.#undos = [];
  }

  /** Ends the current piece of work. */
  end(outcome: 'kept' | 'rolled-back'): void {
    if (outcome === 'rolled-back') for (const undo of this.#undos.reverse()) undo();
    this.#undos = [];
  }

  /** Adds a function that undoes a part of the current work. */
  undo(undo: () => void): void {
    this.#undos.push(undo);
  }

  /** The records that were started and are not committed. */
  get uncommitted(): readonly RecordSource[] {
    return this.#steps.flatMap((step) => (step.kind === 'started' ? [step.source] : []));
  }

  /** Adds a record that a node received. Returns false if it was added before. */
  startRecord(source: RecordSource, wall: number): boolean {
    const { offset, partition, topic } = source;
    const id = positionId(source);
    if (this.#started.has(id)) return false;
    this.#started.add(id);
    this.undo(() => this.#started.delete(id));
    this.#push({ kind: 'started', wall, source: { topic, partition, offset } });
    return true;
  }

  /** Counts a record that enters a stage. Returns the number of records that entered before it. */
  enterStage(node: NodeId): number {
    const entry = this.#entered.get(node) ?? 0;
    this.#entered.set(node, entry + 1);
    this.inFlight++;
    this.undo(() => {
      this.#entered.set(node, entry);
      this.inFlight--;
    });
    return entry;
  }

  /** Adds the result of an async call. */
  completeCall(node: NodeId, entry: number, value: unknown, wall: number): void {
    this.inFlight--;
    this.undo(() => void this.inFlight++);
    this.#push({ kind: 'result', wall, node, entry, value });
  }

  /** Adds a punctuation. */
  punctuate(punctuation: Punctuation, wall: number): void {
    this.#push({ kind: 'punctuation', wall, punctuation });
  }

  /** Removes and returns the steps that a commit covers, in order. */
  take(covers: (source: RecordSource) => boolean): readonly UncommittedStep[] {
    const isCovered = (step: UncommittedStep): boolean => step.kind !== 'started' || covers(step.source);
    const taken = this.#steps.filter(isCovered);
    this.#steps = this.#steps.filter((step) => !isCovered(step));
    if (this.inFlight === 0) this.#entered = new Map();
    return taken;
  }

  #push(step: UncommittedStep): void {
    this.#steps.push(step);
    this.undo(() => void this.#steps.pop());
  }
}

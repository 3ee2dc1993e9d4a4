import {
  type AnyProcess,
  type AsyncStage,
  type NodeId,
  type Received,
  StateError,
  type TaskNode,
} from '@kstreams/core/graph';
import { ArrivalClock } from './arrival-clock.js';
import { CallLimits } from './call-limits.js';
import { CallResults } from './call-results.js';
import { CompletedJobs } from './completed-jobs.js';
import { InFlightRecords, type SourcePartition, TrackedPartition } from './in-flight-records.js';
import { OffsetMetadataBudget } from './offset-metadata-budget.js';
import { Stage, type StageOptions } from './stage.js';
import type { TaskHost } from './task-host.js';

/** An operator behind a stage that is called when its clock advances without a record. */
interface ClockFollower {
  readonly node: NodeId;
  readonly clock: ArrivalClock;
  readonly moved: (time: number) => void;
  /** The time of the last call. */
  seen: number;
  /** True when its last call was parked or failed, and has to be repeated. */
  late: boolean;
}

/** The async stages of one task, and its records in flight. */
export class AsyncStages {
  readonly inFlight = new InFlightRecords();
  readonly #completed: CompletedJobs;
  readonly #results: CallResults;
  readonly #nodes: readonly TaskNode[];
  readonly #host: TaskHost;
  readonly #limits: CallLimits;
  readonly #stages: Stage[] = [];
  /** In topological order: what an operator emits reaches the operators below before their clocks advance. */
  readonly #followers: ClockFollower[] = [];
  #hasLateClocks = false;
  /** True while operators are called because their clocks advance. */
  #advancing = false;
  /** True when a commit has to wait for the records in flight. */
  readonly #drains: boolean;

  private constructor(nodes: readonly TaskNode[], parksRecords: boolean, host: TaskHost, limits: CallLimits) {
    this.#nodes = nodes;
    this.#host = host;
    this.#limits = limits;
    this.#completed = new CompletedJobs(() => host.wake());
    this.#results = new CallResults(host, this.inFlight, this.#completed);
    this.#drains = hasStageBelowState(nodes) || (parksRecords && nodes.some(restoresFromSource));
  }

  /** Returns the stages of a task with these nodes; `undefined` when none of them is async and no record is parked. */
  static of(
    nodes: readonly TaskNode[],
    parksRecords: boolean,
    host: TaskHost,
    limits = new CallLimits(),
  ): AsyncStages | undefined {
    return parksRecords || nodes.some((node) => node.kind === 'processor' && node.async !== undefined)
      ? new AsyncStages(nodes, parksRecords, host, limits)
      : undefined;
  }

  /** Opens the stage of a node. Returns the process that adds records to it. */
  open(node: NodeId, work: StageOptions['work'], done: StageOptions['done']): AnyProcess {
    const { clock, journal } = this.#host;
    const settings = settingsOf(node, this.#nodes);
    const limiter = this.#limits.limiter(node, settings, clock);
    const { inFlight } = this;
    const stage = new Stage({
      node,
      settings,
      work,
      done,
      limiter,
      clock,
      inFlight,
      completed: this.#completed,
      retries: this.#host.retries.of({ 'kstreams.node': node }),
    });
    this.#stages.push(stage);
    return (record) => {
      const queueKey = stage.queueKey(record);
      if (!journal.rollsBack) stage.enter(record, queueKey);
      else journal.whenKept(() => stage.enter(record, queueKey));
    };
  }

  /**
   * Returns the clock of an operator behind a stage. `moved` is called when it advances without a record. Operators are
   * opened from the last to the first.
   */
  clock(node: NodeId, moved: ((time: number) => void) | undefined): (timestamp: number) => number {
    const clock = new ArrivalClock(this.inFlight, this.#host.journal, () => this.#advancing);
    if (moved !== undefined) this.#followers.unshift({ node, clock, moved, seen: -1, late: false });
    return (timestamp) => clock.arrive(timestamp);
  }

  /**
   * Calls the operators with a clock that advanced without a record, up to the first call that has to be repeated. `run`
   * returns true when a call is over.
   */
  advanceClocks(run: (node: NodeId, call: () => void) => boolean): void {
    this.#hasLateClocks = false;
    this.#advancing = true;
    try {
      for (const follower of this.#followers) {
        if (follower.clock.waiting === 0 && !follower.late) continue;
        const time = follower.clock.move();
        follower.late = time > follower.seen;
        if (!follower.late) continue;
        const isFirst = !this.#hasLateClocks;
        // Until the call is over: it is repeated also where it throws.
        this.#hasLateClocks = true;
        if (!isFirst || !run(follower.node, () => follower.moved(time))) continue;
        follower.late = false;
        follower.seen = time;
        this.#hasLateClocks = false;
      }
    } finally {
      this.#advancing = false;
    }
  }

  /** True when a call of an operator has to be repeated, by `advanceClocks`. */
  get hasLateClocks(): boolean {
    return this.#hasLateClocks;
  }

  /** Returns the stream time behind the stages: that of the oldest record in flight, else the task's. */
  streamTime(taskTime: number): number {
    return this.inFlight.oldest?.time ?? taskTime;
  }

  /** Returns a partition whose records in flight are counted. */
  track(source: SourcePartition): TrackedPartition {
    const partition = new TrackedPartition(source);
    partition.budget = new OffsetMetadataBudget(partition, this.inFlight);
    return partition;
  }

  /** True when no record of a partition may be taken in until others have finished. */
  isFull({ budget }: TrackedPartition): boolean {
    if (this.inFlight.count >= this.#limits.maxInFlight) return true;
    if (this.#stages.some(isFull)) return true;
    return budget?.spent === true;
  }

  /** True when no record is in flight, in a stage or parked, and all clocks stand where finished records have moved them. */
  get idle(): boolean {
    return this.inFlight.count === 0 && !this.#hasLateClocks;
  }

  /** True when there are no async steps: it only counts parked records. */
  get onlyParks(): boolean {
    return this.#stages.length === 0;
  }

  /** Number of calls in flight. */
  get callsInFlight(): number {
    return this.#stages.reduce((sum, { callsInFlight }) => sum + callsInFlight, 0);
  }

  /** True when calls have ended and their results were not processed yet. */
  get hasResults(): boolean {
    return this.#completed.length > 0;
  }

  /**
   * True when a commit would lose something: results of records in flight that follow from state above a stage, rows that are
   * restored from a source topic, of which nothing may be finished beyond the committed offset, or the call of an operator
   * whose clock finished records have advanced.
   */
  get needsDrain(): boolean {
    if (this.#hasLateClocks) return true;
    return this.inFlight.count > 0 && (this.#drains || this.inFlight.hasPunctuations);
  }

  /** Processes the results of calls. Returns true if there were any. */
  settle(): boolean {
    return this.#results.settle();
  }

  /** Ends a turn of the task: batches without a `maxWait` go out. */
  endTurn(): void {
    for (const stage of this.#stages) stage.endTurn();
  }

  /** Begins as many calls as possible. */
  pump(): void {
    for (const stage of this.#stages) stage.pump();
  }

  /** Sends incomplete batches out. */
  flush(): void {
    for (const stage of this.#stages) stage.flush();
  }

  /** Begins no more calls. */
  stop(): void {
    for (const stage of this.#stages) stage.stop();
  }

  /** Runs the processing of a record, or of a punctuation, as an in-flight record. */
  runTracked<T>(act: () => T, streamTime: number, partition?: TrackedPartition, received?: Received): T {
    const record = this.inFlight.begin(streamTime, partition, received);
    try {
      return act();
    } finally {
      this.inFlight.release(record);
    }
  }

  /** Aborts the calls in flight and drops all results. */
  close(reason: Error): void {
    for (const stage of this.#stages) stage.close(reason);
    this.#completed.clear();
  }
}

const isFull = ({ full }: Stage): boolean => full;

/** Returns the error of a node that opens an async stage without a declaration. */
export const notAsync = (node: NodeId): StateError =>
  new StateError(`node "${node}" makes async calls but is not declared async: set \`async\` on its operator`, { node });

const settingsOf = (node: NodeId, nodes: readonly TaskNode[]): AsyncStage => {
  const found = nodes.find(({ id }) => id === node);
  if (found?.kind === 'processor' && found.async !== undefined) return found.async;
  throw notAsync(node);
};

/** True when a source topic serves as the changelog of a store: it is restored up to the committed offset. */
const restoresFromSource = (node: TaskNode): boolean =>
  node.kind === 'processor' && node.stores.some(({ sourceTopic }) => sourceTopic !== undefined);

/** True when an async stage among these nodes, in topological order, has a store somewhere above it. */
const hasStageBelowState = (nodes: readonly TaskNode[]): boolean => {
  const belowState = new Set<NodeId>();
  let found = false;
  for (const node of nodes) {
    if (node.kind === 'source') continue;
    const below = node.inputs.some(({ by, from }) => by === 'pipeline' && belowState.has(from));
    if (node.kind === 'processor' && node.async !== undefined && below) found = true;
    if (below || (node.kind === 'processor' && node.stores.length > 0)) belowState.add(node.id);
  }
  return found;
};

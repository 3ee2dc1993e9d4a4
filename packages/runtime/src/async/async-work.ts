import type { AnyProcess, AsyncStage, Clock, Journal, NodeId, Received, TaskNode } from '@kstreams/core/graph';
import type { PartitionQueue } from '../task/queue.js';
import { ArrivalClock } from './arrival-clock.js';
import { CallLimits } from './call-limits.js';
import { Completions } from './completions.js';
import { NoteRoom } from './note-room.js';
import { Origins } from './origins.js';
import { Stage } from './stage.js';
import type { StageOptions } from './stage-options.js';
import { stateAbove } from './state-above.js';

/** What the async work of a task needs. */
export interface AsyncWorkOptions {
  /** The limits that tasks share; its own unless set. */
  readonly limits?: CallLimits;
  readonly clock: Clock;
  readonly journal: Journal & { whenKept(act: () => void): void };
  /** The task should have a turn. */
  readonly wake: () => void;
  /** Called when no call can begin before a value is loaded. */
  readonly pending: (until: Promise<unknown>) => void;
}

/** A clock behind a stage, and whom to tell when it moves without a record. */
interface Follower {
  readonly node: NodeId;
  readonly clock: ArrivalClock;
  readonly moved: (time: number) => void;
  told: number;
}

/** The async stages of one task, and what is under way in them. */
export class AsyncWork {
  readonly origins = new Origins();
  readonly completions: Completions;
  readonly #nodes: readonly TaskNode[];
  readonly #options: AsyncWorkOptions;
  readonly #limits: CallLimits;
  readonly #stages: Stage[] = [];
  readonly #followers: Follower[] = [];
  readonly #stateAbove: boolean;

  private constructor(nodes: readonly TaskNode[], options: AsyncWorkOptions) {
    this.#nodes = nodes;
    this.#options = options;
    this.#limits = options.limits ?? new CallLimits();
    this.completions = new Completions(options.wake);
    this.#stateAbove = stateAbove(nodes);
  }

  /** The async work of a task with these nodes; `undefined` where none of them waits for anything. */
  static of(nodes: readonly TaskNode[], options: AsyncWorkOptions): AsyncWork | undefined {
    return nodes.some((node) => node.kind === 'processor' && node.async !== undefined)
      ? new AsyncWork(nodes, options)
      : undefined;
  }

  /** Opens the stage of a node: what takes its records in. */
  stage(node: NodeId, work: StageOptions['work'], done: StageOptions['done']): AnyProcess {
    const { pending, clock, journal } = this.#options;
    const settings = settingsOf(node, this.#nodes);
    const { completions, origins } = this;
    const slots = this.#limits.slots(node, settings, clock);
    const stage = new Stage({ node, settings, work, done, slots, clock, origins, completions, pending });
    this.#stages.push(stage);
    return (record) => {
      const lane = stage.laneOf(record);
      if (journal.undo === undefined) stage.enter(record, lane);
      else journal.whenKept(() => stage.enter(record, lane));
    };
  }

  /** The clock of an operator behind a stage. */
  clock(node: NodeId, moved: ((time: number) => void) | undefined): (timestamp: number) => number {
    const clock = new ArrivalClock(this.origins, this.#options.journal);
    if (moved !== undefined) this.#followers.push({ node, clock, moved, told: -1 });
    return (timestamp) => clock.arrive(timestamp);
  }

  /** Tells the operators whose clocks have moved without a record; `run` makes each call and answers whether it is over. */
  tell(run: (node: NodeId, call: () => void) => boolean): void {
    for (const follower of this.#followers) {
      if (follower.clock.waiting === 0) continue;
      const time = follower.clock.move();
      if (time > follower.told && run(follower.node, () => follower.moved(time))) follower.told = time;
    }
  }

  /** The stream time behind the stages: that of the oldest record under way, if any is. */
  time(streamTime: number): number {
    return this.origins.oldest?.time ?? streamTime;
  }

  /** True when no more may be taken in from a partition, until something is done. */
  full(queue: PartitionQueue): boolean {
    if (this.origins.count >= this.#limits.underWay) return true;
    if (this.#stages.some(isFull)) return true;
    queue.room ??= new NoteRoom(queue, this.origins);
    return queue.room.full;
  }

  /** True when nothing is under way. */
  get idle(): boolean {
    for (const stage of this.#stages) if (!stage.idle) return false;
    return true;
  }

  /** How many calls are in flight. */
  get inFlight(): number {
    return this.#stages.reduce((sum, { inFlight }) => sum + inFlight, 0);
  }

  /** True when what was done above the stages could be committed while what follows from it is lost. */
  get drainsFirst(): boolean {
    return !this.idle && (this.#stateAbove || this.origins.unrepeatable);
  }

  /** All records at hand have come: batches need not wait for more. */
  turn(): void {
    for (const stage of this.#stages) stage.turn();
  }

  /** Calls may begin again. */
  pump(): void {
    for (const stage of this.#stages) stage.pump();
  }

  /** Batches are not waited for. */
  hurry(): void {
    for (const stage of this.#stages) stage.hurry();
  }

  /** Begins no more calls. */
  stop(): void {
    for (const stage of this.#stages) stage.stop();
  }

  /** Does something in the turn of a record, or of a punctuation. */
  inTurn<T>(act: () => T, streamTime: number, queue?: PartitionQueue, received?: Received): T {
    const origin = this.origins.begin(streamTime, queue, received);
    try {
      return act();
    } finally {
      this.origins.release(origin);
    }
  }

  /** Aborts the calls in flight and forgets all. */
  close(reason: Error): void {
    for (const stage of this.#stages) stage.close(reason);
    this.completions.clear();
  }
}

const isFull = ({ full }: Stage): boolean => full;

const settingsOf = (node: NodeId, nodes: readonly TaskNode[]): AsyncStage => {
  const found = nodes.find(({ id }) => id === node);
  if (found?.kind === 'processor' && found.async !== undefined) return found.async;
  throw new TypeError(`node "${node}" asks for calls and does not say how they may overlap: declare it async`);
};

import type { AsyncStage, Clock, NodeId } from '@kstreams/core/graph';
import { Slots } from './slots.js';

/** How much may be under way in this process: the calls of each stage, over all its tasks, and the records of each task. */
export class CallLimits {
  /** How many records a task has under way at most: fewer after calls took too long for a transaction. */
  underWay = Number.POSITIVE_INFINITY;
  readonly #slots = new Map<NodeId, Slots>();

  /** The slots of a stage, shared by its tasks. */
  slots(node: NodeId, { concurrency, perSecond }: AsyncStage, clock: Clock): Slots {
    let slots = this.#slots.get(node);
    if (slots === undefined) this.#slots.set(node, (slots = new Slots(concurrency, perSecond, clock)));
    return slots;
  }

  /** So many were too many. */
  tooMany(underWay: number): void {
    this.underWay = Math.max(1, Math.floor(Math.min(underWay, this.underWay) / 4));
  }

  /** There was time for twice as many. */
  few(): void {
    this.underWay *= 2;
  }
}

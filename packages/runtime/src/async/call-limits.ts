import type { AsyncStage, Clock, NodeId } from '@kstreams/core';
import { Slots } from './slots.js';

/** How many calls each stage may have in flight in this process, over all its tasks. */
export class CallLimits {
  readonly #slots = new Map<NodeId, Slots>();

  /** The slots of a stage, shared by its tasks. */
  slots(node: NodeId, { concurrency, perSecond }: AsyncStage, clock: Clock): Slots {
    let slots = this.#slots.get(node);
    if (slots === undefined) this.#slots.set(node, (slots = new Slots(concurrency, perSecond, clock)));
    return slots;
  }
}

import type { Cancel, Clock } from '@kstreams/core/graph';
import type { Random } from './random.js';
import type { Trace } from './trace.js';

/** Whoever waits: a simulated process, the log, the world around them. */
export interface Actor {
  readonly name: string;
  /** A dead actor does nothing any more: what it waits for never comes. */
  dead: boolean;
  /** Until when it stands still, as a process that was stopped does, in virtual ms. */
  stalledUntil: number;
}

/** Something that will happen. */
export interface Coming {
  readonly actor: Actor;
  readonly what: string;
  readonly run: () => void;
  at: number;
}

/**
 * Decides what happens next. Everything that waits in a simulation waits here, and of what could happen now the seed
 * chooses one. Time is virtual: it moves a little with each step, and on to the next event where nothing else is left.
 */
export class Scheduler {
  readonly #random: Random;
  readonly #trace: Trace;
  readonly #coming: Coming[] = [];
  #now: number;

  constructor(random: Random, trace: Trace, start: number) {
    this.#random = random;
    this.#trace = trace;
    this.#now = start;
  }

  /** Virtual time, in ms. */
  get now(): number {
    return this.#now;
  }

  /** Lets something happen, after so many virtual ms at the earliest. */
  after(actor: Actor, what: string, ms: number, run: () => void): Coming {
    const coming = { actor, what, run, at: this.#now + Math.max(0, ms) };
    if (!actor.dead) this.#coming.push(coming);
    return coming;
  }

  /** Resolves when its turn has come; never, once the actor is dead. */
  turn(actor: Actor, what: string, ms = 0): Promise<void> {
    return new Promise((resolve) => this.after(actor, what, ms, resolve));
  }

  cancel(coming: Coming): void {
    const at = this.#coming.indexOf(coming);
    if (at >= 0) this.#coming.splice(at, 1);
  }

  /** A clock of an actor, whose timers end with it. */
  clockOf(actor: Actor): Clock {
    return {
      now: () => this.#now,
      after: (ms, call): Cancel => {
        const coming = this.after(actor, 'timer', ms, call);
        return () => this.cancel(coming);
      },
      turn: () => this.turn(actor, 'turn'),
    };
  }

  /** The actor does nothing any more. */
  kill(actor: Actor): void {
    actor.dead = true;
    for (let i = this.#coming.length - 1; i >= 0; i--) {
      if (this.#coming[i]?.actor === actor) this.#coming.splice(i, 1);
    }
  }

  /** Takes what happens next; `undefined` when nothing is left that could. */
  next(): Coming | undefined {
    if (this.#coming.length === 0) return undefined;
    let due = this.#coming.filter((one) => startOf(one) <= this.#now);
    if (due.length === 0) {
      this.#now = Math.min(...this.#coming.map(startOf));
      due = this.#coming.filter((one) => startOf(one) <= this.#now);
    }
    const chosen = this.#random.pick(due);
    this.cancel(chosen);
    this.#trace.add(this.#now, chosen.actor.name, chosen.what);
    if (this.#random.chance(0.3)) this.#now += 1;
    return chosen;
  }
}

const startOf = ({ actor, at }: Coming): number => Math.max(at, actor.stalledUntil);

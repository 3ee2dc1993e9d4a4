import type { Cancel, Clock } from '@kstreams/core/graph';
import type { Random } from './random.js';
import type { Trace } from './trace.js';

/** A participant of a simulation: a process, or the world that holds the log. */
export interface Actor {
  readonly name: string;
  /** The time by which its wall clock is ahead of virtual time, in ms. */
  wallOffset: number;
  /** True once killed: its pending events never run. */
  dead: boolean;
  /** The virtual time, in ms, until which its events are held back. */
  stalledUntil: number;
}

/** A step that will run. */
export interface ScheduledEvent {
  readonly actor: Actor;
  readonly what: string;
  readonly run: () => void;
  /** The earliest virtual time at which it may run, in ms. */
  at: number;
}

/**
 * Decides which step runs next. Everything in a simulation that takes time is scheduled here, and the seed picks one of the
 * due events. Virtual time moves a little with each step, and jumps to the next event if none is due.
 */
export class Scheduler {
  readonly #random: Random;
  readonly #trace: Trace;
  readonly #events: ScheduledEvent[] = [];
  #now: number;

  constructor(random: Random, trace: Trace, start: number) {
    this.#random = random;
    this.#trace = trace;
    this.#now = start;
  }

  /** Virtual time, in ms. It never goes back. */
  get now(): number {
    return this.#now;
  }

  /** Schedules a step, `ms` virtual milliseconds from now at the earliest. */
  after(actor: Actor, what: string, ms: number, run: () => void): ScheduledEvent {
    const event = { actor, what, run, at: this.#now + Math.max(0, ms) };
    if (!actor.dead) this.#events.push(event);
    return event;
  }

  /** Resolves when a scheduled step runs; never once the actor is dead. */
  turn(actor: Actor, what: string, ms = 0): Promise<void> {
    return new Promise((resolve) => this.after(actor, what, ms, resolve));
  }

  cancel(event: ScheduledEvent): void {
    const at = this.#events.indexOf(event);
    if (at >= 0) this.#events.splice(at, 1);
  }

  /** Returns the clock of an actor, on virtual time. Its timers end with the actor. */
  clockOf(actor: Actor): Clock {
    return {
      now: () => this.#now + actor.wallOffset,
      monotonic: () => this.#now,
      after: (ms, call): Cancel => {
        const event = this.after(actor, 'timer', ms, call);
        return () => this.cancel(event);
      },
      turn: () => this.turn(actor, 'turn'),
    };
  }

  /** Removes all events of an actor, for good. */
  kill(actor: Actor): void {
    actor.dead = true;
    for (let i = this.#events.length - 1; i >= 0; i--) {
      if (this.#events[i]?.actor === actor) this.#events.splice(i, 1);
    }
  }

  /** Removes and returns the next event, or undefined if none is left. */
  next(): ScheduledEvent | undefined {
    if (this.#events.length === 0) return undefined;
    let due = this.#events.filter((one) => startOf(one) <= this.#now);
    if (due.length === 0) {
      this.#now = Math.min(...this.#events.map(startOf));
      due = this.#events.filter((one) => startOf(one) <= this.#now);
    }
    const chosen = this.#random.pick(due);
    this.cancel(chosen);
    this.#trace.add(this.#now, chosen.actor.name, chosen.what);
    if (this.#random.chance(0.3)) this.#now += 1;
    return chosen;
  }
}

const startOf = ({ actor, at }: ScheduledEvent): number => Math.max(at, actor.stalledUntil);

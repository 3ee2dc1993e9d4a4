import type { AsyncStage, Cancel, Clock, NodeId, StreamRecord } from '@kstreams/core';
import { CallsInFlight } from './calls-in-flight.js';
import type { Completions } from './completions.js';
import { Gathering } from './gathering.js';
import { type Job, newJob } from './job.js';
import { Lanes } from './lanes.js';
import type { Origins } from './origins.js';
import { type Outcome, outcomesOf } from './outcomes.js';
import { type Ended, noOthers } from './place.js';
import type { Slots, Waiting } from './slots.js';
import type { StageOptions } from './stage-options.js';

/**
 * An async step of one task. Records come in synchronously and wait in lanes; calls begin as order, concurrency and rate
 * let them; what they came to waits for the task's turn. A call that fails is tried again, holding up only its own lane.
 */
export class Stage implements Waiting {
  readonly node: NodeId;
  readonly settings: AsyncStage;
  readonly done: StageOptions['done'];
  inLine = false;
  readonly #clock: Clock;
  readonly #cold: StageOptions['cold'];
  readonly #completions: Completions;
  readonly #origins: Origins;
  readonly #slots: Slots;
  readonly #lanes: Lanes;
  readonly #calls: CallsInFlight;
  readonly #gathering: Gathering | undefined;
  readonly #pauses = new Set<Cancel>();
  /** True when a batch waits for the one before it. */
  readonly #serial: boolean;
  /** Where batches are serial: the failed job behind which all others wait. */
  #held: Job | undefined;
  #jobs = 0;
  #bytes = 0;
  #pumping = false;
  #stopped = false;

  constructor(options: StageOptions) {
    const { batch, order } = options.settings;
    this.node = options.node;
    this.settings = options.settings;
    this.done = options.done;
    this.#clock = options.clock;
    this.#cold = options.cold;
    this.#completions = options.completions;
    this.#origins = options.origins;
    this.#slots = options.slots;
    this.#serial = batch !== undefined && order === 'partition';
    this.#lanes = new Lanes(order === 'none' || this.#serial);
    this.#calls = new CallsInFlight(options, this.#over);
    this.#gathering = batch && new Gathering(batch, this.#lanes, this.#clock, () => this.pump());
  }

  /** True when nothing is in its hands. */
  get idle(): boolean {
    return this.#jobs === 0;
  }

  /** How many calls are in flight. */
  get inFlight(): number {
    return this.#calls.size;
  }

  /** True when it should be given no more. */
  get full(): boolean {
    const { bytes, records } = this.settings.buffer;
    return this.#jobs >= records || this.#bytes >= bytes;
  }

  /** The lane of a record: those of one lane are done one after another. Throws where keys cannot be told apart. */
  laneOf({ key }: StreamRecord<unknown, unknown>): unknown {
    const { keyId, order } = this.settings;
    return order === 'key' ? (keyId?.(key) ?? key) : undefined;
  }

  /** Takes a record in, for the source record that is in its turn. */
  enter(record: StreamRecord<unknown, unknown>, lane: unknown): void {
    const origin = this.#origins.current;
    const job = newJob(this, record, origin, lane);
    origin.pending++;
    this.#jobs++;
    this.#bytes += job.bytes;
    this.#lanes.enter(job);
    if (!this.inLine) this.pump();
  }

  /** Begins the calls that may begin. */
  pump(): void {
    if (!this.#pumping) this.#goOn(false);
  }

  /** All that was at hand has come: batches need not wait for more. */
  turn(): void {
    this.#gathering?.turn();
    this.pump();
  }

  /** Batches are not waited for, since a drain is on. */
  hurry(): void {
    this.#gathering?.hurry();
    this.pump();
  }

  /** Begins no more calls. */
  stop(): void {
    this.#stopped = true;
    this.#slots.leave(this);
  }

  /** A job is done, in the task's turn. */
  finish(job: Job): void {
    this.#jobs--;
    this.#bytes -= job.bytes;
    if (this.#held === job) this.#held = undefined;
    this.#lanes.leave(job);
    if (!this.inLine) this.pump();
  }

  /** Tries jobs again after so many ms. */
  retry(jobs: readonly Job[], after: number): void {
    const cancel = this.#clock.after(after, () => {
      this.#pauses.delete(cancel);
      if (this.#serial) this.#held = undefined;
      this.#lanes.first(jobs);
      this.turn();
    });
    this.#pauses.add(cancel);
  }

  /** Ends all calls; what they come to is of no interest. */
  close(reason: Error): void {
    this.stop();
    const { inFlight } = this;
    this.#calls.abort(reason);
    this.#gathering?.close();
    for (const cancel of this.#pauses) cancel();
    this.#pauses.clear();
    for (let i = 0; i < inFlight; i++) this.#slots.give();
  }

  /** Begins calls, the first with the slot in hand if there is one. */
  #goOn(inHand: boolean): void {
    let slot = inHand;
    this.#pumping = true;
    try {
      while (this.#callable() && (slot || this.#slots.take(this))) {
        slot = false;
        if (!this.#begin()) break;
      }
    } finally {
      this.#pumping = false;
    }
    if (slot) this.#slots.give();
  }

  #callable(): boolean {
    if (this.#stopped) return false;
    if (this.#gathering === undefined) return this.#lanes.ready > 0;
    if (this.#serial && (this.inFlight > 0 || this.#held !== undefined)) return false;
    return this.#gathering.complete;
  }

  /** Begins the next call; answers false when a key must be fetched first. */
  #begin(): boolean {
    if (this.#gathering === undefined) return this.#call(this.#lanes.take(), noOthers);
    const [first, ...others] = this.#gathering.take();
    return this.#call(first, others);
  }

  #call(first: Job, others: readonly Job[]): boolean {
    first.attempt++;
    for (const job of others) job.attempt++;
    const cold = this.#calls.begin(first, others);
    if (cold === undefined) return true;
    const jobs = [first, ...others];
    for (const job of jobs) job.attempt--;
    this.#lanes.first(jobs);
    this.#slots.give();
    this.#cold(cold.key);
    return false;
  }

  readonly #over: Ended = (first, others, failed, value) => {
    if (!failed && this.#gathering === undefined) {
      this.#succeeded(first, value);
    } else {
      const jobs = [first, ...others];
      const outcomes = failed ? jobs.map(() => ({ failed, value })) : outcomesOf(this.node, value, jobs.length);
      this.#settle(jobs, outcomes);
    }
    if (!this.#pumping && this.#slots.keeps(this)) return this.#goOn(true);
    this.#slots.give();
    if (!this.inLine) this.pump();
  };

  #succeeded(job: Job, value: unknown): void {
    if (this.settings.stateful !== true) this.#lanes.leave(job);
    this.#completions.push(job, false, value);
  }

  #settle(jobs: readonly Job[], outcomes: readonly Outcome[]): void {
    const failure = this.#serial ? outcomes.findIndex(({ failed }) => failed) : -1;
    if (failure >= 0) this.#hold(jobs[failure] as Job, jobs.slice(failure + 1));
    const again: Job[] = [];
    for (const [i, job] of (failure < 0 ? jobs : jobs.slice(0, failure + 1)).entries()) {
      const { failed, value } = outcomes[i] as Outcome;
      if (!failed) this.#succeeded(job, value);
      else if (job.attempt < this.settings.attempts) again.push(job);
      else this.#completions.push(job, failed, value);
    }
    const [first] = again;
    if (first === undefined) return;
    this.retry(again, this.settings.backoff(first.attempt));
    this.#completions.calledAgain();
  }

  /** Lets all wait behind a job that failed; those of its batch are called again, whatever they came to. */
  #hold(failed: Job, behind: readonly Job[]): void {
    this.#held = failed;
    for (const job of behind) job.attempt--;
    this.#lanes.first(behind);
  }
}

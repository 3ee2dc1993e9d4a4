import type { AsyncStage, Cancel, Clock, NodeId, Pending, StreamRecord } from '@kstreams/core/graph';
import { type Caller, CallsInFlight } from './calls-in-flight.js';
import type { Completions } from './completions.js';
import { Gathering } from './gathering.js';
import { Job } from './job.js';
import { Lanes } from './lanes.js';
import { Line } from './line.js';
import type { Origins } from './origins.js';
import { type Outcome, outcomesOf } from './outcomes.js';
import { noOthers } from './place.js';
import type { Slots, Waiting } from './slots.js';
import type { StageOptions } from './stage-options.js';

/**
 * An async step of one task. Records come in synchronously and wait in lanes; calls begin as order, concurrency and rate
 * let them; what they came to waits for the task's turn. A call that fails is tried again, holding up only its own lane.
 */
export class Stage implements Caller, Waiting {
  readonly node: NodeId;
  readonly settings: AsyncStage;
  readonly done: StageOptions['done'];
  inLine = false;
  readonly #clock: Clock;
  readonly #waitFor: StageOptions['pending'];
  readonly #completions: Completions;
  readonly #origins: Origins;
  readonly #slots: Slots;
  readonly #lanes: Lanes;
  readonly #calls: CallsInFlight;
  readonly #gathering: Gathering | undefined;
  readonly #pauses = new Set<Cancel>();
  /** True when calls of equal keys wait for each other. */
  readonly #keyed: boolean;
  /** True when a batch waits for the one before it. */
  readonly #serial: boolean;
  /** Where batches are serial: the failed job behind which all others wait. */
  #held: Job | undefined;
  /** Jobs that are done, to be used again. */
  readonly #done = new Line();
  #jobs = 0;
  #bytes = 0;
  readonly #mostJobs: number;
  readonly #mostBytes: number;
  #pumping = false;
  #stopped = false;

  constructor(options: StageOptions) {
    const { batch, buffer, order } = options.settings;
    this.#mostJobs = buffer.records;
    this.#mostBytes = buffer.bytes;
    this.node = options.node;
    this.settings = options.settings;
    this.done = options.done;
    this.#clock = options.clock;
    this.#waitFor = options.pending;
    this.#completions = options.completions;
    this.#origins = options.origins;
    this.#slots = options.slots;
    this.#keyed = order === 'key';
    this.#serial = batch !== undefined && order === 'partition';
    this.#lanes = new Lanes(order === 'none' || this.#serial);
    this.#calls = new CallsInFlight(options, this);
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
    return this.#jobs >= this.#mostJobs || this.#bytes >= this.#mostBytes;
  }

  /** The lane of a record: those of one lane are done one after another. Throws where keys cannot be told apart. */
  laneOf({ key }: StreamRecord<unknown, unknown>): unknown {
    return this.#keyed ? (this.settings.keyId?.(key) ?? key) : undefined;
  }

  /** Takes a record in, for the source record that is in its turn. */
  enter(record: StreamRecord<unknown, unknown>, lane: unknown): void {
    const origin = this.#origins.current;
    const job = this.#done.shift() ?? new Job(this, origin);
    job.begin(record, origin);
    origin.pending++;
    this.#jobs++;
    this.#bytes += job.bytes;
    this.#lanes.enter(job, lane);
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
    job.end();
    this.#done.unshift(job);
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
      const gathering = this.#gathering;
      const lanes = this.#lanes;
      while (gathering === undefined ? lanes.ready > 0 && !this.#stopped : this.#gathered(gathering)) {
        if (!slot && (this.inLine || !this.#slots.take(this))) break;
        slot = false;
        const pending = gathering === undefined ? this.#callOne(lanes.take()) : this.#callMany(gathering.take());
        if (pending !== undefined) break;
      }
    } finally {
      this.#pumping = false;
    }
    if (slot) this.#slots.give();
  }

  #gathered(gathering: Gathering): boolean {
    if (this.#stopped || (this.#serial && (this.inFlight > 0 || this.#held !== undefined))) return false;
    return gathering.complete;
  }

  #callOne(job: Job): Pending | undefined {
    job.attempt++;
    const pending = this.#calls.begin(job, noOthers);
    if (pending !== undefined) this.#mustWait([job], pending);
    return pending;
  }

  #callMany(jobs: readonly [Job, ...Job[]]): Pending | undefined {
    const [first, ...others] = jobs;
    for (const job of jobs) job.attempt++;
    const pending = this.#calls.begin(first, others);
    if (pending !== undefined) this.#mustWait(jobs, pending);
    return pending;
  }

  /** Puts jobs back in front until a value is loaded that their call needs. */
  #mustWait(jobs: readonly Job[], { until }: Pending): void {
    for (const job of jobs) job.attempt--;
    this.#lanes.first(jobs);
    this.#slots.give();
    this.#waitFor(until);
  }

  /** A call is over, in nobody's turn: what it came to waits for the task's. */
  over(first: Job, others: readonly Job[], failed: boolean, value: unknown): void {
    if (!failed && this.#gathering === undefined) {
      this.#succeeded(first, value);
    } else {
      const jobs = [first, ...others];
      const outcomes = failed ? jobs.map(() => ({ failed, value })) : outcomesOf(this.node, value, jobs.length);
      this.#settle(jobs, outcomes);
    }
    if (!this.#pumping && this.#slots.keeps(this)) {
      this.#goOn(true);
      return;
    }
    this.#slots.give();
    if (!this.inLine) this.pump();
  }

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

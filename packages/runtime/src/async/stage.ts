import { type AsyncStage, type Cancel, type NodeId, NotWarm, type StreamRecord } from '@kstreams/core';
import type { Call } from './call.js';
import { CallsInFlight } from './calls-in-flight.js';
import { Gathering } from './gathering.js';
import { bytesOf, type Job } from './job.js';
import { Lanes } from './lanes.js';
import { type Outcome, outcomesOf } from './outcomes.js';
import type { Waiting } from './slots.js';
import type { StageOptions } from './stage-options.js';

/**
 * An async step of one task. Records come in synchronously and wait in lanes; calls begin as order, concurrency and rate
 * let them; what they came to waits for the task's turn. A call that fails is tried again, holding up only its own lane.
 */
export class Stage implements Waiting {
  readonly node: NodeId;
  readonly settings: AsyncStage;
  readonly done: StageOptions['done'];
  readonly #options: StageOptions;
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
    const { clock, node, settings } = options;
    this.node = node;
    this.settings = settings;
    this.done = options.done;
    this.#options = options;
    this.#serial = settings.batch !== undefined && settings.order === 'partition';
    this.#lanes = new Lanes(settings.order === 'none' || this.#serial);
    this.#calls = new CallsInFlight(settings.timeout, clock);
    this.#gathering = settings.batch && new Gathering(settings.batch, this.#lanes, clock, () => this.pump());
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
    const origin = this.#options.origins.current;
    const job: Job = { record, origin, lane, attempt: 0, next: undefined, left: false };
    origin.pending++;
    this.#jobs++;
    this.#bytes += bytesOf(job);
    this.#lanes.enter(job);
    this.pump();
  }

  /** Begins the calls that may begin. */
  pump(): void {
    if (this.#pumping || this.#stopped) return;
    this.#pumping = true;
    try {
      while (this.#callable && this.#options.slots.take(this)) {
        if (!this.#begin()) break;
      }
    } finally {
      this.#pumping = false;
    }
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
    this.#options.slots.leave(this);
  }

  /** A job is done, in the task's turn. */
  finish(job: Job): void {
    this.#jobs--;
    this.#bytes -= bytesOf(job);
    if (this.#held === job) this.#held = undefined;
    this.#lanes.leave(job);
    this.pump();
  }

  /** Tries jobs again after so many ms. */
  retry(jobs: readonly Job[], after: number): void {
    if (jobs.length === 0) return;
    const cancel = this.#options.clock.after(after, () => {
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
    for (let i = 0; i < inFlight; i++) this.#options.slots.give();
  }

  get #callable(): boolean {
    if (this.#gathering === undefined) return this.#lanes.ready > 0;
    if (this.#serial && (this.inFlight > 0 || this.#held !== undefined)) return false;
    return this.#gathering.complete;
  }

  /** Begins the next call; answers false when a key must be fetched first. */
  #begin(): boolean {
    const { work } = this.#options;
    const jobs = this.#gathering === undefined ? [this.#lanes.take()] : this.#gathering.take();
    for (const job of jobs) job.attempt++;
    const [first] = jobs as readonly [Job];
    const call = this.#calls.begin(first.attempt, (error) => this.#over(jobs, true, error));
    try {
      const result =
        'one' in work
          ? work.one(first.record, call)
          : work.many(
              jobs.map(({ record }) => record),
              call,
            );
      if (isPromise(result)) {
        result.then(
          (value) => this.#ended(call, jobs, false, value),
          (thrown: unknown) => this.#ended(call, jobs, true, thrown),
        );
      } else {
        this.#ended(call, jobs, false, result);
      }
    } catch (thrown) {
      if (thrown instanceof NotWarm) return this.#postpone(call, jobs, thrown);
      this.#ended(call, jobs, true, thrown);
    }
    return true;
  }

  #postpone(call: Call, jobs: readonly Job[], { key }: NotWarm): false {
    this.#calls.end(call);
    for (const job of jobs) job.attempt--;
    this.#lanes.first(jobs);
    this.#options.slots.give();
    this.#options.cold(key);
    return false;
  }

  #ended(call: Call, jobs: readonly Job[], failed: boolean, value: unknown): void {
    if (this.#calls.end(call)) this.#over(jobs, failed, value);
  }

  #over(jobs: readonly Job[], failed: boolean, value: unknown): void {
    if (failed)
      this.#settle(
        jobs,
        jobs.map(() => ({ failed, value })),
      );
    else if (this.#gathering === undefined) this.#succeeded(jobs[0] as Job, value);
    else this.#settle(jobs, outcomesOf(this.node, value, jobs.length));
    this.#options.slots.give();
    this.pump();
  }

  #succeeded(job: Job, value: unknown): void {
    if (this.settings.stateful !== true) this.#lanes.leave(job);
    this.#options.completions.push({ stage: this, job, failed: false, value });
  }

  #settle(jobs: readonly Job[], outcomes: readonly Outcome[]): void {
    const again: Job[] = [];
    for (const [i, job] of jobs.entries()) {
      const { failed, value } = outcomes[i] as Outcome;
      if (failed && this.#serial) {
        this.#held = job;
        const behind = jobs.slice(i + 1);
        for (const one of behind) one.attempt--;
        this.#lanes.first(behind);
      }
      if (failed && job.attempt < this.settings.attempts) again.push(job);
      else if (failed) this.#options.completions.push({ stage: this, job, failed, value });
      else this.#succeeded(job, value);
      if (failed && this.#serial) break;
    }
    const [first] = again;
    if (first === undefined) return;
    this.retry(again, this.settings.backoff(first.attempt));
    this.#options.completions.calledAgain();
  }
}

const isPromise = (result: unknown): result is PromiseLike<unknown> =>
  typeof (result as PromiseLike<unknown> | null | undefined)?.then === 'function';

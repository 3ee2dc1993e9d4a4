import type { AsyncStages } from '../async/async-stages.js';
import { CatchUpDetector, type CatchUpInput } from './catch-up-detector.js';
import { IdleDetector } from './idle-detector.js';
import type { RunCall } from './punctuation-queue.js';
import { PunctuationQueues } from './punctuation-queues.js';

/** Options of a punctuator. */
export interface PunctuatorOptions {
  /** The clocks of the task, in ms. */
  readonly time: { readonly stream: number; readonly wall: number };
  readonly stages: AsyncStages | undefined;
  /** Runs a call of a node as a piece of work. */
  readonly run: RunCall;
}

/**
 * Fires the punctuations of one task: on its clocks, on the stream time behind its stages, after an idle time, and once it
 * has caught up.
 */
export class Punctuator {
  readonly queues: PunctuationQueues;
  readonly idle = new IdleDetector();
  readonly catchUp = new CatchUpDetector();
  /** True when punctuations may be due before or after a record. */
  perRecord = false;
  /** True when the task was parked and has not processed anything since. */
  unparked = false;
  readonly #time: PunctuatorOptions['time'];
  readonly #stages: AsyncStages | undefined;
  /** Runs a call as an in-flight punctuation where records are in flight. */
  readonly #run: RunCall;

  constructor({ run, stages, time }: PunctuatorOptions) {
    this.#time = time;
    this.#stages = stages;
    this.#run =
      stages === undefined ? run : (node, call) => stages.runTracked(() => run(node, call), this.#time.stream);
    this.queues = new PunctuationQueues(this.#run, () => (this.perRecord = true));
  }

  /** Fires punctuations that were parked, before a record that waits for another value can delay them. */
  repeatParked(now: number): void {
    this.unparked = false;
    this.atWallTime(now);
  }

  /** True when stores have rows that end. */
  get expires(): boolean {
    return this.queues.expires;
  }

  /** Deletes the rows that have ended on the clocks of the task. Returns false when a call has to be repeated. */
  expire(): boolean {
    return this.queues.expire(this.#time.wall, this.#time.stream, this.#timeBehind);
  }

  /** Repeats calls that failed. Returns false when they have to be repeated once more. */
  beforeRecord(): boolean {
    return (!this.expires || this.expire()) && this.queues.catchUp(this.#time.stream, this.#timeBehind);
  }

  /** Fires what stream time has reached with a record. */
  afterRecord(): void {
    if (this.expires && !this.expire()) return;
    this.queues.atStreamTime(this.#time.stream, this.#timeBehind);
  }

  /** Fires punctuations up to the stream time behind the stages, which may have advanced with a result. */
  advanceTime(): void {
    this.#stages?.advanceClocks((node, call) => this.#run(node, call) === 'done');
    if (this.#stages?.hasLateClocks !== true) this.afterRecord();
  }

  /** Fires what the wall clock has reached, and schedules of elapsed time that are due at a monotonic time. */
  atWallTime(now: number): void {
    if (this.expires && !this.expire()) return;
    this.queues.atWallTime(this.#time.wall, now);
  }

  /** Fires all commit timers. Returns false when a call has to be repeated. */
  beforeCommit(): boolean {
    return this.queues.beforeCommit();
  }

  /** Makes the calls that are due after an idle time, at a monotonic time. */
  afterIdleTime(now: number): void {
    this.idle.fire(now, this.#time.wall, this.#run);
  }

  /** Makes the calls that are due on the wall clock, once all records that the log held then are finished. */
  onceCaughtUp(now: number, input: CatchUpInput, replied: () => void): void {
    this.catchUp.detect(this.#time.wall, now, input, this.#run, replied);
  }

  /** Makes the calls that are due on the wall clock, for a task that has caught up. */
  caughtUp(): void {
    this.catchUp.fire(this.#time.wall, this.#run);
  }

  get #timeBehind(): number {
    return this.#stages === undefined ? this.#time.stream : this.#stages.streamTime(this.#time.stream);
  }
}

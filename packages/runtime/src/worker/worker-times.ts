import type { Clock, Histogram, Telemetry } from '@kstreams/core/graph';
import { instruments } from '../telemetry/instruments.js';

/** The activity of a worker. */
export type Activity = 'poll' | 'process' | 'punctuate' | 'commit' | 'yield' | 'other';

const activities: readonly Activity[] = ['poll', 'process', 'punctuate', 'commit', 'yield', 'other'];

/** Returns monotonic time in seconds, for durations. */
export const secondsOf = (clock: Clock): number => clock.monotonic() / 1_000;

/** Measures the time of one worker: its total per activity, and the durations of polls and commits. */
export class WorkerTimes {
  readonly #clock: Clock;
  readonly #totals: Record<Activity, number> = { poll: 0, process: 0, punctuate: 0, commit: 0, yield: 0, other: 0 };
  readonly #polls: Histogram;
  readonly #commits: Histogram;
  readonly #delays: Histogram;
  #activity: Activity = 'other';
  #since: number;

  constructor(telemetry: Telemetry, worker: number, clock: Clock) {
    this.#clock = clock;
    this.#since = secondsOf(clock);
    const attributes = { 'kstreams.worker': worker };
    for (const activity of activities) {
      telemetry.counter(
        instruments.workerTime,
        { ...attributes, 'kstreams.activity': activity },
        () => this.#totals[activity],
      );
    }
    this.#polls = telemetry.histogram(instruments.pollDuration, attributes);
    this.#commits = telemetry.histogram(instruments.commitDuration, attributes);
    this.#delays = telemetry.histogram(instruments.eventLoopDelay, attributes);
  }

  /** Ends the current activity and begins the next one. */
  begin(activity: Activity): void {
    const now = secondsOf(this.#clock);
    const duration = Math.max(0, now - this.#since);
    this.#totals[this.#activity] += duration;
    if (this.#activity === 'poll') this.#polls.record(duration);
    else if (this.#activity === 'yield') this.#delays.record(duration);
    this.#activity = activity;
    this.#since = now;
  }

  /** Measures a commit. */
  async commit(work: () => Promise<void>): Promise<void> {
    const started = secondsOf(this.#clock);
    try {
      await work();
    } finally {
      this.#commits.record(Math.max(0, secondsOf(this.#clock) - started));
    }
  }
}

import type { TimerClock } from '@kstreams/core/graph';
import { Idleness } from './idleness.js';
import { Punctuation } from './punctuation.js';
import type { RunPiece } from './timer-line.js';

/** What one task has to do at certain times: on stream time, on wall time, before a commit, after a silence. */
export class Agenda {
  readonly clocks: Readonly<Record<TimerClock, Punctuation>> = {
    stream: new Punctuation(),
    wall: new Punctuation(),
    commit: new Punctuation(),
  };
  readonly idleness = new Idleness();
  /** As nodes behind an async stage have them: their stream time may be an earlier one. */
  readonly clocksBehind: Agenda['clocks'] = { ...this.clocks, stream: new Punctuation() };
  readonly #run: RunPiece;
  /** True while something may be due on stream time: at first, and when it has to be called again. */
  #due = true;
  /** True while a commit is held up by what has to be done before it. */
  #unprepared = false;

  constructor(run: RunPiece) {
    this.#run = run;
  }

  /** Does what was held up; false when that has to wait once more. */
  catchUp(streamTime: number, timeBehind: number): boolean {
    if (this.#unprepared && !this.beforeCommit()) return false;
    return !this.#due || this.atStreamTime(streamTime, timeBehind);
  }

  /** Does what stream time has come to, and what it has come to behind async stages; false when some of it has to wait. */
  atStreamTime(now: number, timeBehind: number): boolean {
    this.#due =
      this.#fire(this.clocks.stream, now) === 'again' || this.#fire(this.clocksBehind.stream, timeBehind) === 'again';
    return !this.#due;
  }

  /** Does what wall time has come to. */
  atWallTime(now: number): void {
    this.#fire(this.clocks.wall, now);
  }

  /** Does what waited for a silence as long as this one. */
  atSilence(now: number): void {
    this.idleness.fire(now, this.#run);
  }

  /** Does what has to be done before a commit; false when some of it has to wait. */
  beforeCommit(): boolean {
    this.#unprepared = this.clocks.commit.fireAll(this.#run) === 'again';
    return !this.#unprepared;
  }

  #fire(punctuation: Punctuation, now: number) {
    return punctuation.due > now ? 'nothing' : punctuation.fire(now, this.#run);
  }
}

import { mainThreadTime } from '../main-thread-time.js';

/** A stretch in which the event loop took no turn, in ms. */
export interface Pause {
  readonly wall: number;
  /** The processor time of the main thread; NaN where the system does not count it by thread. */
  readonly cpu: number;
  /** The activity that took most of it. */
  readonly during: string;
}

/** Watches the turns of the event loop: a timer is due every ms, and fires late by each pause. */
export class EventLoopWatch {
  readonly pauses: Pause[] = [];
  readonly #activities: () => ReadonlyMap<string, number>;
  readonly #timer: ReturnType<typeof setInterval>;
  #last = performance.now();
  #cpu = mainThreadTime() ?? Number.NaN;
  #totals: ReadonlyMap<string, number>;

  /** `activities` returns the total time of each activity so far. */
  constructor(activities: () => ReadonlyMap<string, number> = () => new Map()) {
    this.#activities = activities;
    this.#totals = activities();
    this.#timer = setInterval(() => this.#beat(), 1);
  }

  /** Ends the watch with the pause that has not ended yet. */
  end(): readonly Pause[] {
    clearInterval(this.#timer);
    this.#beat();
    return this.pauses;
  }

  #beat(): void {
    const [now, cpu, totals] = [performance.now(), mainThreadTime() ?? Number.NaN, this.#activities()];
    const growth = [...totals].map(([name, total]) => [name, total - (this.#totals.get(name) ?? 0)] as const);
    const [during] = growth.reduce((most, one) => (one[1] > most[1] ? one : most), ['', 0] as readonly [
      string,
      number,
    ]);
    this.pauses.push({ wall: now - this.#last, cpu: cpu - this.#cpu, during });
    [this.#last, this.#cpu, this.#totals] = [now, cpu, totals];
  }
}

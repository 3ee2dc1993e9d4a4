import type { Step } from '../run/messages.js';

/** Number of steps between two copies of a state. */
const distance = 500;

/** The operations on a state that follows from steps. */
export interface Replayed<S> {
  readonly begin: () => S;
  readonly apply: (state: S, step: Step, index: number) => void;
  readonly copy: (state: S) => S;
}

/** Computes a state after any number of steps. Keeps copies on the way, so that a move of the slider replays few steps. */
export class Replay<S> {
  readonly #of: Replayed<S>;
  #kept: { readonly count: number; readonly last: Step | undefined; readonly state: S }[] = [];
  #now: { count: number; last: Step | undefined; state: S };

  constructor(of: Replayed<S>) {
    this.#of = of;
    this.#now = { count: 0, last: undefined, state: of.begin() };
  }

  /** Returns the state after the first `count` steps. The next call may change it. */
  after(all: readonly Step[], count: number): S {
    const { apply, begin, copy } = this.#of;
    const follows = (one: { readonly count: number; readonly last: Step | undefined }): boolean =>
      one.count <= count && all[one.count - 1] === one.last;
    if (!follows(this.#now)) {
      this.#kept = this.#kept.filter((one) => all[one.count - 1] === one.last);
      const from = this.#kept.findLast(follows);
      this.#now =
        from === undefined ? { count: 0, last: undefined, state: begin() } : { ...from, state: copy(from.state) };
    }
    const now = this.#now;
    while (now.count < count) {
      const step = all[now.count] as Step;
      apply(now.state, step, now.count);
      now.count++;
      now.last = step;
      if (now.count % distance === 0 && now.count > (this.#kept.at(-1)?.count ?? 0))
        this.#kept.push({ ...now, state: copy(now.state) });
    }
    return now.state;
  }
}

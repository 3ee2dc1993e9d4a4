import { computed } from '@preact/signals';
import type { Drop, Output, Step } from '../run/messages.js';
import { at, steps } from './run.js';

/** An output record, with the number of the step that wrote it, from 1. */
export interface Written extends Output {
  readonly step: number;
  readonly index: number;
}

/** A dropped record, with its step. */
export interface Dropped extends Drop {
  readonly step: number;
  readonly cause: Step['cause'];
}

/** Lists of all steps, one after another, of which those up to a step are read. */
class Joined<T> {
  readonly #listOf: (step: Step, number: number) => readonly T[];
  #items: T[] = [];
  /** The number of items up to each step. */
  #until: number[] = [0];
  #last: Step | undefined;

  constructor(listOf: (step: Step, number: number) => readonly T[]) {
    this.#listOf = listOf;
  }

  /** Returns the items of the first `count` steps. */
  upTo(all: readonly Step[], count: number): readonly T[] {
    const known = this.#until.length - 1;
    if (known > 0 && all[known - 1] !== this.#last) {
      this.#items = [];
      this.#until = [0];
    }
    for (let n = this.#until.length; n <= all.length; n++) {
      this.#last = all[n - 1] as Step;
      for (const item of this.#listOf(this.#last, n)) this.#items.push(item);
      this.#until.push(this.#items.length);
    }
    return this.#items.slice(0, this.#until[count]);
  }
}

const written = new Joined<Written>(({ outputs: all }, step) =>
  all.map((output, index) => ({ ...output, step, index })),
);
const dropped = new Joined<Dropped>(({ cause, drops: all }, step) => all.map((drop) => ({ ...drop, step, cause })));

/** The output records up to the step on the slider. */
export const outputs = computed(() => written.upTo(steps.value, at.value));

/** The dropped records up to that step, with their reasons. */
export const drops = computed(() => dropped.upTo(steps.value, at.value));

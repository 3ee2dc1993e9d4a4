import type { Line } from './messages.js';

/** Limit of one run; a snippet that prints without end stops here. */
const limit = 5_000;
/** Lines of one message to the page, and the longest time before they are sent, in ms. */
const [pack, pause] = [250, 25];

/** Collects the printed lines of a run, and posts them in batches. */
export class Printer {
  readonly #post: (lines: readonly Line[]) => void;
  #lines: Line[] = [];
  #printed = 0;
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(post: (lines: readonly Line[]) => void) {
    this.#post = post;
  }

  /** Adds a line. Throws a `RangeError` when the limit is reached. */
  print(line: Line): void {
    if (this.#printed >= limit)
      throw new RangeError(`stopped after ${limit.toLocaleString('en')} printed lines: the page shows no more`);
    this.#printed++;
    this.#lines.push(line);
    if (this.#lines.length >= pack) this.flush();
    else this.#timer ??= setTimeout(() => this.flush(), pause);
  }

  /** Posts the lines so far. */
  flush(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    if (this.#lines.length > 0) this.#post(this.#lines);
    this.#lines = [];
  }
}

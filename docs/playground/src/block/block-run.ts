import { signal } from '@preact/signals';
import { Language } from '../editor/language.js';
import { hasUnknownShape } from '../input/generate.js';
import { rowReplay } from '../model/stores.js';
import { type RunEvent, Runner, stoppedText } from '../run/client.js';
import type { DisplayValue, Line, Output, Shapes, Step } from '../run/messages.js';
import { RunQueue } from '../run/run-queue.js';

/** A row of a store after a run. */
export interface KeptRow {
  readonly store: string;
  readonly key: DisplayValue;
  readonly value: DisplayValue;
}

/** The state of a run, and its results so far. */
export interface BlockResults {
  readonly state: 'running' | 'done';
  /** The number of input records. */
  readonly records: number;
  readonly lines: readonly Line[];
  readonly outputs: readonly Output[];
  /** The rows of the stores. */
  readonly rows: readonly KeptRow[];
  readonly trouble: string | undefined;
}

const nothing: BlockResults = { state: 'running', records: 0, lines: [], outputs: [], rows: [], trouble: undefined };

/** The compiler's worker, which starts for the first snippet with generated input of an unknown type. */
const language = new Language();

/** The runs of all blocks of the page, in one worker. */
const queue = new RunQueue((emit) => new Runner(emit));

/** The runs of a code block, one at a time. */
export class BlockRun {
  readonly results = signal(nothing);
  readonly #code: string;
  #running = false;
  #steps: Step[] = [];
  #lines: Line[] = [];
  #trouble: string | undefined;
  #shapes: Shapes | undefined;
  #unknown = false;

  constructor(code: string) {
    this.#code = code;
  }

  /** Runs the block from its beginning, after the runs of other blocks. Does nothing while it runs. */
  start(): void {
    if (this.#running) return;
    this.#running = true;
    this.results.value = nothing;
    this.#run();
  }

  #run(): void {
    this.#steps = [];
    this.#lines = [];
    this.#trouble = undefined;
    this.#unknown = false;
    const request = {
      code: this.#code,
      input: {},
      shapes: this.#shapes ?? {},
      clock: { follows: true, after: 60 },
    };
    queue.add(request, (event) => this.#take(event));
  }

  #take(event: RunEvent): void {
    if (event.kind === 'topology') this.#unknown = !event.driven && Object.values(event.input).some(hasUnknownShape);
    else if (event.kind === 'steps') this.#steps.push(...event.steps);
    else if (event.kind === 'log') this.#lines.push(...event.lines);
    else if (event.kind === 'trouble') this.#trouble = event.trouble.message;
    else this.#finish(event);
  }

  #finish(event: Extract<RunEvent, { kind: 'done' | 'stopped' }>): void {
    if (event.kind === 'stopped') this.#trouble = stoppedText(event);
    if (this.#unknown && this.#shapes === undefined) {
      void this.#learnShapes();
      return;
    }
    this.#running = false;
    this.results.value = {
      state: 'done',
      records: this.#steps.filter(({ cause }) => cause.kind === 'record').length,
      lines: this.#lines,
      outputs: this.#steps.flatMap(({ outputs }) => outputs),
      rows: [...rowReplay().after(this.#steps, this.#steps.length)].flatMap(([store, rows]) =>
        [...rows.values()].map(({ key, value }) => ({ store, key, value })),
      ),
      trouble: this.#trouble,
    };
  }

  /** Infers the types of the input, and runs again with records of them. */
  async #learnShapes(): Promise<void> {
    // Without the compiler no shape is inferred, and the run makes no records of that topic.
    this.#shapes = await language.shapes(this.#code).catch(() => ({}));
    this.#run();
  }
}

import type { Observer, StreamRecord } from 'kstreams';
import type { DescribedTopology } from 'kstreams/authors';
import { display, displayRecord } from './display.js';
import type { Drop, Flow, Output, RowRead, RowWrite, Step } from './messages.js';

/** Limits of one recording; a snippet that never ends stops here. */
const limits = { steps: 5_000, flows: 100_000 };

type Part = 'flows' | 'writes' | 'reads' | 'outputs' | 'drops';

interface OpenStep {
  cause: Step['cause'] | undefined;
  readonly flows: Flow[];
  readonly writes: RowWrite[];
  readonly reads: RowRead[];
  readonly outputs: Output[];
  readonly drops: Drop[];
}

/** Records the effects of a run: one step per input record and per advance of the wall clock. */
export class Recorder {
  readonly observer: Observer;
  readonly #onStep: (step: Step) => void;
  #sinks: ReadonlyMap<string, string | null> = new Map();
  #own: ReadonlySet<string> = new Set();
  #open: OpenStep | undefined;
  #marks = { flows: 0, writes: 0, reads: 0, outputs: 0, drops: 0 };
  #awaits: string | undefined;
  #steps = 0;
  #flows = 0;

  constructor(onStep: (step: Step) => void) {
    this.#onStep = onStep;
    this.observer = {
      began: (task, work) => {
        if (work === 'record') this.#begin(task.source.topic);
        else if (this.#open === undefined) this.#open = openStep({ kind: 'clock', now: task.time.wall });
        this.#mark();
      },
      forwarded: ({ from, to }, record) => this.#forwarded(from, to, record),
      row: ({ spec }, { how, key, before, after }) => {
        const step = this.#step();
        if (how === 'read') step.reads.push({ store: spec.name, key: display(key), found: shown(after) });
        else step.writes.push({ store: spec.name, key: display(key), before: shown(before), after: shown(after) });
      },
      dropped: (_, node, reason) => this.#step().drops.push({ node, reason }),
      ended: (_, outcome) => {
        if (outcome === 'rolled-back') this.#rollBack();
      },
    };
  }

  /** Number of steps, including the open one. */
  get steps(): number {
    return this.#steps + (this.#open === undefined ? 0 : 1);
  }

  /** Sets the sinks and the internal topics from the description of the topology. */
  describe({ subtopologies, internalTopics }: DescribedTopology): void {
    const nodes = subtopologies.flatMap((one) => one.nodes);
    this.#own = new Set(internalTopics.map(({ name }) => name));
    this.#sinks = new Map(
      nodes.flatMap((node) =>
        node.kind === 'sink' && !this.#own.has(node.topic ?? '') ? [[node.id, node.topic] as const] : [],
      ),
    );
  }

  /** Opens a step for an input record. */
  input(topic: string, record: StreamRecord<unknown, unknown>): void {
    this.finish();
    this.#open = openStep({ kind: 'record', topic, record: displayRecord(record) });
  }

  /** Completes the open step. Throws a `RangeError` when a limit is reached. */
  finish(): void {
    const step = this.#open;
    this.#open = undefined;
    this.#awaits = undefined;
    if (step?.cause === undefined) return;
    this.#steps++;
    this.#flows += step.flows.length;
    this.#onStep(step as Step);
    if (this.#steps >= limits.steps || this.#flows >= limits.flows) {
      throw new RangeError(`stopped after ${this.#steps} records: a page shows no more`);
    }
  }

  /** Completes the step that failed, with its effects up to the failure. */
  abandon(): void {
    try {
      this.finish();
    } catch {
      // The step is recorded; the limit is the error already being reported.
    }
  }

  /** Opens a step for a record of a source topic. A record of an internal topic belongs to the step that wrote it. */
  #begin(topic: string): void {
    if (this.#own.has(topic)) return;
    const { cause, flows = [] } = this.#open ?? {};
    if (cause?.kind === 'record' && cause.topic === topic && flows.length === 0) return;
    this.finish();
    this.#open = openStep(undefined);
    this.#awaits = topic;
  }

  #forwarded(from: string, to: string, record: StreamRecord<unknown, unknown>): void {
    const step = this.#step();
    const flowing = displayRecord(record);
    if (this.#awaits !== undefined) {
      step.cause = { kind: 'record', topic: this.#awaits, record: flowing };
      this.#awaits = undefined;
    }
    step.flows.push({ from, to, record: flowing });
    const topic = this.#sinks.get(to);
    if (topic !== undefined) step.outputs.push({ topic: topic ?? to, ...flowing });
  }

  #step(): OpenStep {
    this.#open ??= openStep({ kind: 'clock', now: 0 });
    return this.#open;
  }

  #mark(): void {
    const { flows, writes, reads, outputs, drops } = this.#step();
    this.#marks = {
      flows: flows.length,
      writes: writes.length,
      reads: reads.length,
      outputs: outputs.length,
      drops: drops.length,
    };
  }

  #rollBack(): void {
    const step = this.#step();
    for (const [part, length] of Object.entries(this.#marks)) step[part as Part].length = length;
  }
}

const shown = (value: unknown) => (value === undefined ? undefined : display(value));

const openStep = (cause: Step['cause'] | undefined): OpenStep => ({
  cause,
  flows: [],
  writes: [],
  reads: [],
  outputs: [],
  drops: [],
});

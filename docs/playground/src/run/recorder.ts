import type { Observer, StreamRecord } from 'kstreams';
import type { DescribedTopology } from 'kstreams/authors';
import type { Drop, Flow, Output, RowRead, RowWrite, Step } from './messages.js';
import { show, showRecord } from './show.js';

/** How much one run may record: a snippet that never ends is stopped here. */
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

/** Writes down what every record led to: one step for each record that comes in, and for each turn of the clock. */
export class Recorder {
  readonly observer: Observer;
  readonly #tell: (step: Step) => void;
  #sinks: ReadonlyMap<string, string | null> = new Map();
  #own: ReadonlySet<string> = new Set();
  #open: OpenStep | undefined;
  #marks = { flows: 0, writes: 0, reads: 0, outputs: 0, drops: 0 };
  #awaits: string | undefined;
  #steps = 0;
  #flows = 0;

  constructor(tell: (step: Step) => void) {
    this.#tell = tell;
    this.observer = {
      began: (task, work) => {
        if (work === 'record') this.#begin(task.source.topic);
        else if (this.#open === undefined) this.#open = openStep({ kind: 'clock', now: task.time.wall });
        this.#mark();
      },
      forwarded: ({ from, to }, record) => this.#handed(from, to, record),
      row: ({ spec }, { how, key, before, after }) => {
        const step = this.#step();
        if (how === 'read') step.reads.push({ store: spec.name, key: show(key), found: shown(after) });
        else step.writes.push({ store: spec.name, key: show(key), before: shown(before), after: shown(after) });
      },
      dropped: (_, node, reason) => this.#step().drops.push({ node, reason }),
      ended: (_, outcome) => {
        if (outcome === 'rolled-back') this.#takeBack();
      },
    };
  }

  /** How many steps are complete, with the one that is open. */
  get steps(): number {
    return this.#steps + (this.#open === undefined ? 0 : 1);
  }

  /** Learns where records go out, and which topics are the application's own. */
  describe({ subtopologies, internalTopics }: DescribedTopology): void {
    const nodes = subtopologies.flatMap((one) => one.nodes);
    this.#own = new Set(internalTopics.map(({ name }) => name));
    this.#sinks = new Map(
      nodes.flatMap((node) =>
        node.kind === 'sink' && !this.#own.has(node.topic ?? '') ? [[node.id, node.topic] as const] : [],
      ),
    );
  }

  /** A record is about to be put in. */
  input(topic: string, record: StreamRecord<unknown, unknown>): void {
    this.finish();
    this.#open = openStep({ kind: 'record', topic, record: showRecord(record) });
  }

  /** Hands over the step that is open. */
  finish(): void {
    const step = this.#open;
    this.#open = undefined;
    this.#awaits = undefined;
    if (step?.cause === undefined) return;
    this.#steps++;
    this.#flows += step.flows.length;
    this.#tell(step as Step);
    if (this.#steps >= limits.steps || this.#flows >= limits.flows) {
      throw new RangeError(`stopped after ${this.#steps} records: a page shows no more`);
    }
  }

  /** What was going on failed: its step is shown as far as it got. */
  abandon(): void {
    try {
      this.finish();
    } catch {
      // The limit was reached: that is what failed.
    }
  }

  /** A task begins with a record; one of the application's own topics goes on with what led to it. */
  #begin(topic: string): void {
    if (this.#own.has(topic)) return;
    const { cause, flows = [] } = this.#open ?? {};
    if (cause?.kind === 'record' && cause.topic === topic && flows.length === 0) return;
    this.finish();
    this.#open = openStep(undefined);
    this.#awaits = topic;
  }

  #handed(from: string, to: string, record: StreamRecord<unknown, unknown>): void {
    const step = this.#step();
    const flowing = showRecord(record);
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

  #takeBack(): void {
    const step = this.#step();
    for (const [part, length] of Object.entries(this.#marks)) step[part as Part].length = length;
  }
}

const shown = (value: unknown) => (value === undefined ? undefined : show(value));

const openStep = (cause: Step['cause'] | undefined): OpenStep => ({
  cause,
  flows: [],
  writes: [],
  reads: [],
  outputs: [],
  drops: [],
});

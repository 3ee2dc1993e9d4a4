import type { ObservedTask } from '@kstreams/core';
import type { Observer, StreamRecord } from 'kstreams';
import type { DescribedTopology } from 'kstreams/authors';
import { CauseTracker } from './cause-tracker.js';
import { display, displayRecord, displayRow } from './display.js';
import type { Drop, Flow, FlowPlace, Output, RowRead, RowWrite, Step } from './messages.js';

/** Limits of one recording; a snippet that never ends stops here. */
const most = { steps: 20_000, outputs: 100_000, flows: 500_000 };

type Part = 'flows' | 'writes' | 'reads' | 'outputs' | 'drops';

interface OpenStep {
  cause: Step['cause'];
  readonly flows: Flow[];
  readonly writes: RowWrite[];
  readonly reads: RowRead[];
  readonly outputs: Output[];
  readonly drops: Drop[];
}

/**
 * Records the effects of a run: one step per input record, per advance of the wall clock, and per later work of an
 * earlier step, such as the result of a call.
 */
export class Recorder {
  readonly observer: Observer;
  readonly #onStep: (step: Step) => void;
  readonly #limits: typeof most;
  readonly #causes = new CauseTracker();
  #open: OpenStep | undefined;
  #marks = { flows: 0, writes: 0, reads: 0, outputs: 0, drops: 0 };
  /** The flows that are being processed, outermost first. */
  #within: FlowPlace[] = [];
  /** Returns the flow from which the current work continues. */
  #parent: (record: StreamRecord<unknown, unknown>) => FlowPlace | undefined = () => undefined;
  /** True until the record that opened the step is forwarded. */
  #awaits = false;
  #steps = 0;
  #flows = 0;
  #outputs = 0;
  #full = false;

  constructor(onStep: (step: Step) => void, limits = most) {
    this.#onStep = onStep;
    this.#limits = limits;
    this.observer = {
      began: (task, work, node) => this.#began(task, work, node),
      forwarded: ({ from, to }, record) => this.#forwarded(from, to, record),
      processed: () => {
        this.#within.pop();
      },
      row: ({ spec }, { how, key, node, before, after }) => {
        const step = this.#step();
        const row = { store: spec.name, node, key: display(key) };
        if (how === 'read') step.reads.push({ ...row, found: displayRow(after) });
        else step.writes.push({ ...row, before: displayRow(before), after: displayRow(after) });
      },
      dropped: (_, node, reason) => this.#step().drops.push({ node, reason }),
      sent: (_, { topic, partition }) => this.#causes.sent(topic, partition, this.#number),
      ended: (_, outcome) => {
        if (outcome === 'rolled-back') this.#rollBack();
        this.#within = [];
      },
    };
  }

  /** Number of steps, including the open one. */
  get steps(): number {
    return this.#steps + (this.#open === undefined ? 0 : 1);
  }

  /** Sets the nodes and topics from the description of the topology. */
  describe(topology: DescribedTopology): void {
    this.#causes.describe(topology);
  }

  /** True while calls of async steps are without a result. */
  get callsWait(): boolean {
    return this.#causes.calls > 0;
  }

  /** Opens a step for an input record that a driver is about to process. */
  input(topic: string, record: { readonly key: unknown; readonly value: unknown; readonly timestamp: number }): void {
    this.finish();
    this.#open = openStep({ kind: 'record', topic, record: displayRecord(record) });
    this.#causes.arrives(topic, 0, { step: this.#number, flow: -1 });
  }

  /** Forgets the records on their way, which a failure dropped. */
  failed(): void {
    this.#causes.forgetArrivals();
    this.#within = [];
  }

  /** Completes the open step. Throws a `RangeError` when a limit is reached. */
  finish(): void {
    const step = this.#open;
    this.#open = undefined;
    this.#awaits = false;
    this.#within = [];
    if (step !== undefined && !this.#full && hasEffect(step)) {
      if (this.#steps >= this.#limits.steps) this.#checkLimits(true);
      this.#steps++;
      this.#flows += step.flows.length;
      this.#outputs += step.outputs.length;
      this.#onStep(step);
    }
    this.#checkLimits();
  }

  /** Completes the step that failed, with its effects up to the failure. */
  abandon(): void {
    try {
      this.finish();
    } catch {
      // The step is recorded; the limit is the error already being reported.
    }
  }

  /** The number of the open step, or of the next one. */
  get #number(): number {
    return this.#steps + 1;
  }

  /** Finds the step that led to this work, and opens a step for it where it is not the open one. */
  #began({ source, time }: ObservedTask, work: 'record' | 'punctuation', node: string): void {
    this.#within = [];
    const { parent, step } = this.#causes.began(source, work, node);
    this.#parent = parent;
    if (step !== undefined && step !== this.#number) {
      this.finish();
      this.#open = openStep({ kind: 'later', of: step, node });
    } else if (step === undefined && work === 'record') {
      this.finish();
      this.#open = openStep({ kind: 'record', topic: source.topic, record: unread });
      this.#awaits = true;
      this.#causes.adopt(source, this.#number);
    } else if (this.#open === undefined) {
      this.#open = openStep({ kind: 'clock', now: time.wall });
    }
    const { flows, writes, reads, outputs, drops } = this.#step();
    this.#marks = {
      flows: flows.length,
      writes: writes.length,
      reads: reads.length,
      outputs: outputs.length,
      drops: drops.length,
    };
  }

  #forwarded(from: string, to: string, record: StreamRecord<unknown, unknown>): void {
    const step = this.#step();
    const flowing = displayRecord(record);
    if (this.#awaits && step.cause.kind === 'record') step.cause = { ...step.cause, record: flowing };
    this.#awaits = false;
    const place = { step: this.#number, flow: step.flows.length };
    const parent = this.#within.at(-1) ?? this.#parent(record);
    step.flows.push({ from, to, record: flowing, ...(parent === undefined ? {} : { parent }) });
    this.#within.push(place);
    const topic = this.#causes.forwarded(to, record, place);
    if (topic !== undefined) step.outputs.push({ topic, ...flowing, flow: place.flow });
    const { flows, outputs } = this.#limits;
    if (this.#flows + step.flows.length > flows || this.#outputs + step.outputs.length > outputs)
      this.#checkLimits(true);
  }

  #checkLimits(reached = false): void {
    if (reached) this.#full = true;
    if (!this.#full) return;
    const { flows, outputs, steps } = this.#limits;
    const [done, ...others] = [this.#steps, steps, outputs, flows].map((one) => one.toLocaleString('en'));
    throw new RangeError(
      `stopped after ${done} records: the page shows at most ${others[0]} of them, ` +
        `${others[1]} outputs and ${others[2]} records between nodes`,
    );
  }

  #step(): OpenStep {
    this.#open ??= openStep({ kind: 'clock', now: 0 });
    return this.#open;
  }

  #rollBack(): void {
    const step = this.#step();
    for (const [part, length] of Object.entries(this.#marks)) step[part as Part].length = length;
    this.#causes.rolledBack();
  }
}

/** A record that could not be read. */
const unread = displayRecord({ key: undefined, value: undefined, timestamp: Number.NaN });

/** True for a step to show: that of a record, or one with effects. */
const hasEffect = ({ cause, drops, flows, reads, writes }: OpenStep): boolean =>
  cause.kind === 'record' || flows.length + writes.length + reads.length + drops.length > 0;

const openStep = (cause: Step['cause']): OpenStep => ({
  cause,
  flows: [],
  writes: [],
  reads: [],
  outputs: [],
  drops: [],
});

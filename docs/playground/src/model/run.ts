import { batch, computed, signal } from '@preact/signals';
import type { DescribedTopology } from 'kstreams/authors';
import { type RunEvent, Runner, stoppedText } from '../run/client.js';
import type { ClockPlan, InputPlan, Line, Shapes, SnippetError, SourceTopic, Step } from '../run/messages.js';

/** The topology of the last run. */
export const topology = signal<DescribedTopology | undefined>(undefined);
export const lines = signal<Readonly<Record<string, number>>>({});
export const sources = signal<readonly SourceTopic[]>([]);
/** True when the snippet pipes its own records. */
export const driven = signal(false);
/** Input of each source topic. */
export const input = signal<InputPlan>({});
export const steps = signal<readonly Step[]>([]);
export const log = signal<readonly Line[]>([]);
export const trouble = signal<SnippetError | undefined>(undefined);
export const state = signal<'running' | 'done'>('running');
/** The number of runs that have begun. */
export const runs = signal(0);

/** True when the results are from an earlier run, because the current snippet fails before its first record. */
export const stale = signal(false);

/** Number of steps shown as done: the position of the slider. */
export const at = signal(0);
/** The step at the slider; undefined before the first. */
export const current = computed<Step | undefined>(() => steps.value[at.value - 1]);

/** The node of the failure; undefined without one. */
export const failedNode = computed(() => trouble.value?.node);

/** True for equal descriptions. The drawing stays where it is while its topology is the same. */
const isEqual = (one: DescribedTopology | undefined, other: DescribedTopology): boolean =>
  JSON.stringify(one) === JSON.stringify(other);

/** True until the first result of a run, which replaces those of the previous one. */
let fresh = false;
/** True after the topology of a run. */
let drawn = false;
/** The position to return to while the steps of a run arrive; the end unless set. */
let wanted: number | undefined;
/** The position of a link, until the next run. */
let returning: number | undefined;

/** Applies an event of a run. Results of the previous run stay until the first result of the new one. */
const take = (event: RunEvent): void =>
  batch(() => {
    switch (event.kind) {
      case 'topology':
        if (!isEqual(topology.value, event.topology)) topology.value = event.topology;
        stale.value = false;
        drawn = true;
        lines.value = event.lines;
        sources.value = event.sources;
        driven.value = event.driven;
        input.value = event.input;
        break;
      case 'steps':
        clear();
        steps.value = [...steps.value, ...event.steps];
        at.value = Math.min(wanted ?? steps.value.length, steps.value.length);
        break;
      case 'log':
        clear();
        log.value = [...log.value, ...event.lines];
        break;
      case 'trouble':
        fail(event.trouble);
        break;
      case 'stopped':
        fail({ message: stoppedText(event) });
        state.value = 'done';
        break;
      case 'done':
        if (!stale.value) clear();
        state.value = 'done';
    }
  });

/** Shows a failure. The results of the last run stay if this one failed before its first record. */
const fail = (failure: SnippetError): void => {
  if (fresh && !drawn) {
    stale.value = steps.value.length > 0 || topology.value !== undefined;
    fresh = false;
  } else clear();
  trouble.value = failure;
};

const clear = (): void => {
  if (!fresh) return;
  fresh = false;
  wanted = returning ?? (at.value < steps.value.length ? at.value : undefined);
  returning = undefined;
  steps.value = [];
  log.value = [];
  trouble.value = undefined;
  at.value = 0;
};

/** Moves to a step, from 0; the next run returns to it. */
export const moveTo = (step: number): void => {
  at.value = Math.min(steps.value.length, Math.max(0, step));
  wanted = at.value < steps.value.length ? at.value : undefined;
};

let runner: Runner | undefined;

/** Returns to a step, from 0, when the next run has reached it; to the end unless given. */
export const returnTo = (step: number | undefined): void => {
  returning = step;
};

/** Runs a snippet with its input, after ending the previous run. */
export const run = (code: string, input: InputPlan, shapes: Shapes, clock: ClockPlan): void => {
  runner ??= new Runner(take);
  fresh = true;
  drawn = false;
  runs.value++;
  state.value = 'running';
  runner.run({ code, input, shapes, clock });
};

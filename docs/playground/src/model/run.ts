import { batch, computed, signal } from '@preact/signals';
import type { DescribedTopology } from 'kstreams/authors';
import { type RunEvent, Runner } from '../run/client.js';
import type { InputPlan, SnippetError, SourceTopic, Step } from '../run/messages.js';

/** A line that the snippet printed, with the number of steps completed by then. */
export interface Line {
  readonly text: string;
  readonly step: number;
}

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

/** True when the topology is from an earlier run because the current snippet builds none. */
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

let fresh = false;
let drawn = false;

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
      case 'steps': {
        const follows = at.value >= steps.value.length;
        clear();
        steps.value = [...steps.value, ...event.steps];
        if (follows || at.value > steps.value.length) at.value = steps.value.length;
        break;
      }
      case 'log':
        clear();
        log.value = [...log.value.slice(-999), { text: event.text, step: event.step }];
        break;
      case 'trouble':
        clear();
        trouble.value = event.trouble;
        stale.value = !drawn;
        break;
      case 'stopped':
        clear();
        trouble.value = {
          message: `stopped: the snippet kept the page waiting for ${Math.round(event.after / 1_000)} s. Does a loop never end?`,
        };
        state.value = 'done';
        break;
      case 'done':
        clear();
        state.value = 'done';
    }
  });

const clear = (): void => {
  if (!fresh) return;
  fresh = false;
  steps.value = [];
  log.value = [];
  trouble.value = undefined;
  at.value = 0;
};

let runner: Runner | undefined;

/** Runs a snippet with its input, after ending the previous run. */
export const run = (code: string, plan: InputPlan): void => {
  runner ??= new Runner(take);
  fresh = true;
  drawn = false;
  state.value = 'running';
  runner.run(code, plan);
};

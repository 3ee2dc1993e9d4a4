import { batch, computed, signal } from '@preact/signals';
import type { DescribedTopology } from 'kstreams/authors';
import { Runner, type Told } from '../run/client.js';
import type { InputPlan, SourceTopic, Step, Trouble } from '../run/messages.js';

/** A line that the snippet printed, and how many steps were over by then. */
export interface Line {
  readonly text: string;
  readonly step: number;
}

/** What the last run of the snippet told. */
export const topology = signal<DescribedTopology | undefined>(undefined);
export const lines = signal<Readonly<Record<string, number>>>({});
export const sources = signal<readonly SourceTopic[]>([]);
/** Whether the snippet puts its own records in. */
export const driven = signal(false);
/** What each topic is filled with. */
export const input = signal<InputPlan>({});
export const steps = signal<readonly Step[]>([]);
export const log = signal<readonly Line[]>([]);
export const trouble = signal<Trouble | undefined>(undefined);
export const state = signal<'running' | 'done'>('running');

/** Whether the topology is that of an earlier snippet, because the one that is there builds none. */
export const stale = signal(false);

/** How many steps are shown as done: the place on the slider. */
export const at = signal(0);
/** The step that was done last. */
export const current = computed<Step | undefined>(() => steps.value[at.value - 1]);

let fresh = false;
let drawn = false;

/** Takes what a run tells. What the run before left is replaced once there is something to show instead. */
const take = (told: Told): void =>
  batch(() => {
    switch (told.kind) {
      case 'topology':
        topology.value = told.topology;
        stale.value = false;
        drawn = true;
        lines.value = told.lines;
        sources.value = told.sources;
        driven.value = told.driven;
        input.value = told.input;
        break;
      case 'steps': {
        const follows = at.value >= steps.value.length;
        clear();
        steps.value = [...steps.value, ...told.steps];
        if (follows || at.value > steps.value.length) at.value = steps.value.length;
        break;
      }
      case 'log':
        clear();
        log.value = [...log.value.slice(-999), { text: told.text, step: told.step }];
        break;
      case 'trouble':
        clear();
        trouble.value = told.trouble;
        stale.value = !drawn;
        break;
      case 'stopped':
        clear();
        trouble.value = {
          message: `stopped: the snippet kept the page waiting for ${Math.round(told.after / 1_000)} s. Does a loop never end?`,
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

/** Runs a snippet with its input. */
export const run = (code: string, plan: InputPlan): void => {
  runner ??= new Runner(take);
  fresh = true;
  drawn = false;
  state.value = 'running';
  runner.run(code, plan);
};

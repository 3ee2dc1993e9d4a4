import { computed } from '@preact/signals';
import type { Output } from '../run/messages.js';
import { at, steps } from './run.js';

/** An output record, with the number of the step that wrote it, from 1. */
export interface Written extends Output {
  readonly step: number;
  readonly index: number;
}

/** The output records up to the step on the slider. */
export const outputs = computed<readonly Written[]>(() =>
  steps.value
    .slice(0, at.value)
    .flatMap((step, n) => step.outputs.map((output, index): Written => ({ ...output, step: n + 1, index }))),
);

/** The dropped records up to that step, with their reasons. */
export const drops = computed(() =>
  steps.value
    .slice(0, at.value)
    .flatMap((step, n) => step.drops.map((drop) => ({ ...drop, step: n + 1, cause: step.cause }))),
);

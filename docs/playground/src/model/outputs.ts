import { computed } from '@preact/signals';
import type { Output } from '../run/messages.js';
import { at, steps } from './run.js';

/** A record that was written, with the step that wrote it, from 1. */
export interface Written extends Output {
  readonly step: number;
  readonly index: number;
}

/** All that was written up to the moment that is shown. */
export const outputs = computed<readonly Written[]>(() =>
  steps.value
    .slice(0, at.value)
    .flatMap((step, n) => step.outputs.map((output, index): Written => ({ ...output, step: n + 1, index }))),
);

/** What was left out up to that moment, with why. */
export const drops = computed(() =>
  steps.value
    .slice(0, at.value)
    .flatMap((step, n) => step.drops.map((drop) => ({ ...drop, step: n + 1, cause: step.cause }))),
);

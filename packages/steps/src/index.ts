/**
 * Ready-made steps for `stream.via`.
 *
 * @module @kstreams/steps
 */

export { type DebounceOptions, debounce } from './debounce.js';
export { type DedupeOptions, dedupe } from './dedupe.js';
export type { StepOptions } from './step-options.js';
export { type ThrottleOptions, throttle } from './throttle.js';

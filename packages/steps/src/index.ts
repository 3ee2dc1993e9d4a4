/** Ready-made steps for `stream.via`. */
export { type DebounceOptions, debounce } from './debounce.js';
export { type DedupeOptions, dedupe } from './dedupe.js';
export { type ThrottleOptions, throttle } from './throttle.js';

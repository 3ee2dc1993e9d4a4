/**
 * Ready-made aggregations for `aggregate` of streams, windows, sessions and grouped tables.
 *
 * @module @kstreams/aggregates
 */

export { avg } from './avg.js';
export { collect } from './collect.js';
export { type Combined, combine, type Parts, type ResultsOf, type StoredOf } from './combine.js';
export type { Comparable } from './comparable.js';
export { count } from './count.js';
export type { Digest } from './digest.js';
export { type Distinct, distinct, type Occurrences } from './distinct.js';
export type { FullAggregate } from './full-aggregate.js';
export { max, min } from './min-max.js';
export { quantiles } from './quantiles.js';
export { sum } from './sum.js';
export { topN } from './top-n.js';
export type { Total } from './total.js';

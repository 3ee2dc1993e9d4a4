/** The patterns of `stream.match`. */
export { P } from 'ts-pattern';
export { appendNode } from './append.js';
export { type Callback, type Defined, type NoPromise, refuseAsync, type Sync } from './callback.js';
export * from './chain.js';
export * from './change-serde.js';
export * from './cogrouped-stream.js';
export * from './count-serde.js';
export * from './global-table.js';
export * from './grouped-stream.js';
export * from './join-condition.js';
export * from './operator.js';
export type { AsyncOptions, BatchOptions } from './operators/async-options.js';
export { appendEmit } from './operators/emit.js';
export type { JoinOptions, TableJoinOptions } from './operators/join.js';
export type { Pair } from './operators/map.js';
export type { BranchPatterns, ExhaustivePatterns } from './operators/match.js';
export type { PrintOptions } from './operators/print.js';
export type { ProcessOptions, ValueContext, ValueProcessor } from './operators/process.js';
export type { KeyState, ProcessAsyncOptions, StatefulCall } from './operators/process-async.js';
export type { RepartitionOptions } from './operators/repartition.js';
export type { SinkTopic } from './operators/sink.js';
export {
  type Suppression,
  type SuppressionLimits,
  untilTimeLimit,
  untilWindowCloses,
} from './operators/suppress.js';
export type { Grouping } from './operators/table-aggregate.js';
export type { RowContext, RowProcessOptions, RowProcessor } from './operators/table-process.js';
export * from './options.js';
export * from './stream.js';
export * from './streams.js';
export * from './table.js';

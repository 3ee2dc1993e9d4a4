/** The patterns of `stream.match`. */
export { P } from 'ts-pattern';
export {
  type Aggregate,
  type AnyAggregate,
  aggregateCheck,
  appendResults,
  isAggregateCall,
  type MergeableAggregate,
  type SubtractableAggregate,
  storedSerde,
} from './aggregate.js';
export { appendNode } from './append.js';
export type { Defined, DeletedBy, NoPromise, Sync } from './callback.js';
export {
  type Chain,
  type ChainPosition,
  type KnownSerde,
  keyedEdge,
  resultSerde,
  serdeOf,
  stepName,
  type TableRows,
  type WindowFacts,
  withSerdes,
} from './chain.js';
export { changeSerde } from './change-serde.js';
export { CogroupedStream, type CogroupMember, type CogroupStep } from './cogrouped-stream.js';
export { countSerde } from './count-serde.js';
export { GlobalTable } from './global-table.js';
export { type Grouped, GroupedStream, type KeyedStep } from './grouped-stream.js';
export type {
  AnyJoiner,
  JoinCondition,
  JoinKind,
  JoinRequest,
  JoinResult,
  KeyJoinCondition,
  StreamJoinCondition,
} from './join-condition.js';
export type { Operator } from './operator.js';
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
export {
  type AggregateOptions,
  type EmitOptions,
  type EmitStrategy,
  type ExpiryOptions,
  emitChecks,
  type KeyStep,
  type Named,
  type RowAggregateOptions,
  type StepOptions,
  type TableOptions,
  type TableSourceOptions,
  type TableStepOptions,
  type ValueOptions,
  valueChecks,
} from './options.js';
export { type AnyStream, Stream } from './stream.js';
export {
  type GlobalTableOptions,
  Streams,
  type StreamsOptions,
  streams,
  streamsChecks,
  type TopicTableOptions,
} from './streams.js';
export { GroupedTable, type GroupOptions, Table } from './table.js';

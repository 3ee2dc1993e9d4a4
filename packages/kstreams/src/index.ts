/**
 * The names that applications use. Writers of serdes, stores, transports, windows and operators use `kstreams/authors`.
 *
 * @module kstreams
 */

// Records and topics

export {
  type Bytes,
  type Clock,
  type Duration,
  headerOf,
  headers,
  type RecordHeaders,
  record,
  type StreamRecord,
  type TimestampExtractor,
  type Topic,
  timestamps,
  topic,
  withHeader,
  withKey,
  withoutHeader,
  withValue,
} from '@kstreams/core';

// Serdes

export { countSerde, type Decoder, type Encoder, type Serde } from '@kstreams/core';
export { boolean, bytes, double, int32, int64, json, nullable, string, tuple } from '@kstreams/serde';
export { kafkaSession, kafkaWindowed, windowed } from '@kstreams/windowing';

// The chain

export {
  type AsyncOptions,
  type BatchOptions,
  type CogroupedStream,
  type GlobalTable,
  type GroupedStream,
  type GroupedTable,
  type Operator,
  P,
  type Stream,
  type Streams,
  type Suppression,
  type Table,
  untilTimeLimit,
  untilWindowCloses,
} from '@kstreams/core';
export { streams } from './streams.js';

// Windows and joins

export type { JoinCondition, KeyJoinCondition, StreamJoinCondition } from '@kstreams/core';
export { by, byKey, within } from '@kstreams/joins';
export {
  boundaries,
  calendar,
  cron,
  hopping,
  type SessionCogroup,
  type SessionStream,
  type Sessions,
  session,
  sliding,
  tumbling,
  unlimited,
  type WindowEmitStrategy,
  type Windowed,
  type WindowedCogroup,
  type WindowedStream,
  type WindowSpec,
  window,
} from '@kstreams/windowing';

// Processors and their stores

export {
  type BinaryProcessor,
  type Connected,
  type Context,
  type KeyValueStore,
  keyValue,
  type NodeRef,
  type OrderedKeyValueStore,
  type Processor,
  type ReadableSpec,
  type Row,
  type RowProcessor,
  type StoreSpec,
  type Timers,
  type TimersSpec,
  type Topology,
  TopologyBuilder,
  timers,
  type ValueProcessor,
  type VersionedStore,
  versioned,
} from '@kstreams/core';

// Errors

export {
  backoff,
  ConfigError,
  type Decision,
  type Failure,
  FencedError,
  type OnError,
  ProcessingError,
  ProductionError,
  SerdeError,
  StateError,
  StorageError,
  StreamsError,
  TopologyError,
  TransportError,
} from '@kstreams/core';

// Running

export {
  type Backend,
  type Description,
  MetricRegistry,
  type Observer,
  type Transport,
} from '@kstreams/core';
export type { EmbeddedTransport } from '@kstreams/embedded';
export {
  type App,
  type AppCounts,
  type AppEvent,
  type AppState,
  type Entry,
  fromAsyncIterable,
  fromObservable,
  type Guarantee,
  type Health,
  type Logger,
  type Metadata,
  type RowChange,
  toAsyncIterable,
  toObservable,
  type View,
} from '@kstreams/runtime';
export { memory } from '@kstreams/stores';
export { type EmbeddedOptions, embedded } from './embedded.js';
export { type StartOptions, start } from './start.js';

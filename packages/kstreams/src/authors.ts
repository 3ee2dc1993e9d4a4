/**
 * The names that writers of serdes, stores, state backends, transports, windows and operators use.
 *
 * @module kstreams/authors
 */

// Bytes and serdes

export {
  type AnySerde,
  type Bytes,
  bytesToId,
  type Coordinates,
  compareBytes,
  concatBytes,
  type Decoder,
  type Encoder,
  equalBytes,
  fromUtf8,
  idToBytes,
  noBytes,
  type Serde,
  SerdeError,
  type SerdeType,
  toUtf8,
} from '@kstreams/core';
export { type SchemaIssue, type SchemaResult, type StandardSchema, validated } from '@kstreams/serde';

// Stores

export {
  type AnyStoreSpec,
  type ChangelogConfig,
  encodeRow,
  encodeTimestamp,
  type FlushRow,
  type Journal,
  keyIds,
  type OpenedStore,
  type ReadableSpec,
  type Row,
  type RowEvent,
  type RowRange,
  readTimestamp,
  rowTimestamp,
  rowValue,
  type ScanOptions,
  type StoreAccess,
  type StoreReader,
  type StoreRows,
  type StoreSpec,
  timestampLength,
  writeTimestamp,
} from '@kstreams/core';

// State backends

export {
  afterPrefix,
  type Backend,
  type BackendOptions,
  type BackendStore,
  type Bucket,
  type BucketCall,
  type BucketObject,
  type BucketRead,
  type BucketWrite,
  type ByteStore,
  type KeptRows,
  type LostRows,
  Pending,
  type RemoteStorage,
  StorageError,
  type StoredPosition,
  type VersionedObject,
  type Write,
} from '@kstreams/core';
export { type CacheOptions, cached } from '@kstreams/stores';

// Transports

export {
  type Admin,
  type Clock,
  type CommittedOffset,
  type Consumer,
  type ConsumerOptions,
  FencedError,
  type GroupMember,
  type Isolation,
  murmur2,
  type NewTopic,
  type OffsetQuery,
  type Outgoing,
  type Position,
  type Producer,
  type ProducerOptions,
  partitionFor,
  type RebalanceListener,
  type Received,
  type Subscription,
  systemClock,
  type TopicConfig,
  type TopicDescription,
  type TopicIdentity,
  type TopicPartition,
  type Transport,
  TransportError,
} from '@kstreams/core';
export type { LogBackend, LogEntry, LogStorage, ReadLimits } from '@kstreams/embedded';

// Windows

export { type Duration, toMilliseconds, type WindowKey } from '@kstreams/core';
export {
  type LateTopic,
  type Span,
  type WindowAssigner,
  type WindowEmitStrategy,
  type WindowOptions,
  type WindowSpec,
  window,
} from '@kstreams/windowing';

// Operators and processors

export {
  type Aggregate,
  type AnyContext,
  type AnyProcess,
  type AnyTopic,
  type AsyncCall,
  type AsyncStage,
  type BinaryProcessor,
  type CallOrder,
  type CallWork,
  type Cancel,
  type Change,
  type Connected,
  type Context,
  change,
  type DropReason,
  type MergeableAggregate,
  type Operator,
  type Process,
  type Processor,
  type RecordSource,
  record,
  type StreamRecord,
  type SubtractableAggregate,
  withKey,
  withValue,
} from '@kstreams/core';

// Graph and observation

export {
  ConfigError,
  type DescribedNode,
  type DescribedTopology,
  type Edge,
  type GraphNode,
  type Intercept,
  type InterceptedNode,
  type Interceptor,
  interceptNodes,
  type ObservedEdge,
  type ObservedRow,
  type ObservedStore,
  type ObservedTask,
  type Observer,
  observers,
  StreamsError,
  type Topology,
} from '@kstreams/core';

// Extensions

export type {
  EdgeWatcher,
  Extension,
  InstanceMetadata,
  KeyMetadata,
  RestoreEvent,
  StartedApplication,
  StoreMetadata,
  WorkerEvent,
} from '@kstreams/runtime';

// Metrics

export {
  type Attributes,
  type AttributeValue,
  type Distribution,
  type Histogram,
  type Instrument,
  type InstrumentKind,
  latencyLimits,
  MetricRegistry,
  type Point,
  type TaskTracing,
  type Telemetry,
  type TracedApplication,
  type TracedTask,
  type Tracing,
  type TracingTelemetry,
} from '@kstreams/core';

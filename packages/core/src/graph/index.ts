export { type AccessOperation, type AccessOptions, type AccessRight, accessRights } from './access-rights.js';
export type { AsyncCall, AsyncStage, BatchLimits, CallOrder, CallWork } from './async-stage.js';
export { type BackoffOptions, backoff } from './backoff.js';
export { type BatchBounds, batchesOf } from './batches.js';
export type { Bucket, BucketCall, BucketObject, BucketRead, BucketWrite, VersionedObject } from './bucket.js';
export { ByteReader } from './byte-reader.js';
export { allocateBytes, copyBytes } from './byte-slab.js';
export {
  type Backend,
  type BackendOptions,
  type BackendStore,
  type ByteStore,
  type KeptRows,
  type LostRows,
  readsWait,
  type ScanOptions,
  type Write,
} from './byte-store.js';
export {
  afterPrefix,
  type Bytes,
  bytesToId,
  checkedBytes,
  compareBytes,
  concatBytes,
  equalBytes,
  idToBytes,
  isBytes,
  noBytes,
  plainBytes,
} from './bytes.js';
export { type Change, change, rowBefore } from './change.js';
export { checkAbsent, checkCall, checkFunctions, checkOptions, checkValue } from './check-options.js';
export { type Cancel, type Clock, type ClockKind, systemClock } from './clock.js';
export type { Context, DropReason, Lookup, RecordSource, ScheduleOptions } from './context.js';
export { crc32c } from './crc32c.js';
export { describeTopology } from './describe/describe-topology.js';
export type {
  DescribedCalls,
  DescribedChangelog,
  DescribedGlobalTable,
  DescribedNode,
  DescribedProcessor,
  DescribedSink,
  DescribedSource,
  DescribedStore,
  DescribedSubtopology,
  DescribedTopic,
  DescribedTopology,
} from './describe/described-topology.js';
export { Description } from './describe/description.js';
export { type Duration, toMilliseconds, toPositiveMilliseconds } from './duration.js';
export { maxPackedSize, packElements, type UnpackedElement, unpackElement } from './element-bytes.js';
export type { Decision, Failure, FailureKind, OnError } from './error-policy.js';
export {
  ConfigError,
  type ErrorLocation,
  FencedError,
  messageOf,
  ProcessingError,
  ProductionError,
  reasonOf,
  SerdeError,
  StateError,
  StorageError,
  StreamsError,
  TopologyError,
  TransportError,
} from './errors.js';
export type { EndingRow, Expiries } from './expiries.js';
export { checkFolder } from './folder.js';
export { type HeaderValue, headerOf, headers, withHeader, withoutHeader } from './headers.js';
export { inParallel } from './in-parallel.js';
export { type Intercept, type InterceptedNode, type Interceptor, interceptNodes } from './interceptor.js';
export {
  changelogConfig,
  changelogTopic,
  isInternalTopic,
  metadataConfig,
  metadataTopic,
  placementTopic,
  repartitionConfig,
  repartitionTopic,
  sinkTopic,
  sourceTopics,
  type TopicConfig,
  tasksConfig,
  tasksTopic,
} from './internal-topics.js';
export { invalidTimestamp } from './invalid-timestamp.js';
export { type Distribution, MetricRegistry, type Point } from './metric-registry.js';
export { murmur2, partitionFor, roundRobin } from './murmur2.js';
export { nearest } from './nearest.js';
export type {
  Edge,
  GlobalNode,
  GraphNode,
  LookupEdge,
  LookupMode,
  NodeId,
  Partitioner,
  PipelineEdge,
  ProcessorNode,
  Repartition,
  RepartitionEdge,
  Requirements,
  SinkNode,
  SourceNode,
  StartFrom,
  TableEdge,
  TimestampExtractor,
  TopicChooser,
} from './node.js';
export {
  type ObservedEdge,
  type ObservedRow,
  type ObservedStore,
  type ObservedTask,
  type Observer,
  observers,
} from './observer.js';
export { checkOffsetMetadata, offsetMetadataLimit } from './offset-metadata.js';
export { type Members, type OptionCheck, type OptionChecks, option, type RequiredCheck } from './option.js';
export { OrderedSteps } from './ordered-steps.js';
export { parsePartitionId, partitionId, positionId } from './partition-id.js';
export { type Unnamed, unnamedOf } from './passes/check-names.js';
export { planTopology } from './passes/plan.js';
export { Pending, retryPending } from './pending.js';
export type { AnyContext, AnyProcess, BinaryProcessor, Connected, Process, Processor } from './processor.js';
export { isPromise, refusePromise } from './promise.js';
export { type ReadableFields, type ReadableRow, ReadableRows } from './readable-rows.js';
export { noHeaders, type RecordHeaders, record, type StreamRecord, withKey, withValue } from './record.js';
export { type RecordBytes, recordSize, rowTooLarge } from './record-size.js';
export type { RemoteStorage } from './remote-storage.js';
export { encodeRow, rowTimestamp, rowValue } from './row-bytes.js';
export { positionKey, rangeOf, storePrefix } from './row-keys.js';
export type { PayloadDecoder, RegistryReference, RegistrySchema, SchemaSerde } from './schema-serde.js';
export {
  type AnySerde,
  type Coordinates,
  type Decoder,
  type Encoder,
  mayPend,
  prepareSerde,
  type Serde,
  type SerdeTarget,
  type SerdeType,
} from './serde.js';
export { SerdeCache } from './serde-cache.js';
export {
  type SinkOptions,
  type SourceOptions,
  type SourceTopics,
  sinkNode,
  sourceNode,
  sourceOfTopic,
} from './source-and-sink.js';
export type {
  AnyStoreSpec,
  ChangelogConfig,
  FlushRow,
  Journal,
  OpenedStore,
  ReadableSpec,
  Row,
  RowEvent,
  StoreAccess,
  StoreRows,
  StoreSpec,
} from './store.js';
export type { RowRange, StoreReader } from './store-reader.js';
export { decodePosition, encodePosition, positionWrite, type StoredPosition } from './stored-position.js';
export { type Callback, refuseAsync, synchronous } from './synchronous.js';
export type { TableHandle } from './table-handle.js';
export {
  type Attributes,
  type AttributeValue,
  type Histogram,
  type Instrument,
  type InstrumentKind,
  latencyLimits,
  type Telemetry,
} from './telemetry.js';
export { sliceLength, TimeSlice } from './time-slice.js';
export type { DueTimer, Timer, TimerClock, TimerRows, Timers, TimersSpec } from './timers.js';
export { encodeTimestamp, readTimestamp, timestampLength, writeTimestamp } from './timestamp-bytes.js';
export { timestamps } from './timestamps.js';
export { type AnyTopic, checkName, isName, matchesWhole, type Topic, topic } from './topic.js';
export { childrenOf, type Plan, type Subtopology, type TaskNode, type Topology } from './topology.js';
export {
  type NodeRef,
  type Parent,
  type ProcessorOptions,
  TopologyBuilder,
  type TopologyOptions,
} from './topology-builder.js';
export type { TaskTracing, TracedApplication, TracedTask, Tracing, TracingTelemetry } from './tracing.js';
export type {
  Admin,
  CommittedOffset,
  Consumer,
  ConsumerOptions,
  GroupMember,
  Isolation,
  NewTopic,
  OffsetQuery,
  Outgoing,
  Position,
  Producer,
  ProducerOptions,
  RebalanceListener,
  Received,
  Refusal,
  RemovedRecords,
  Subscription,
  TopicDescription,
  TopicIdentity,
  TopicPartition,
  Transport,
} from './transport.js';
export { hasEnded, type Lifetime, lifetimeOf, type Ttl, type TtlOptions, ttlCheck } from './ttl.js';
export { fromTypedJson, toTypedJson } from './typed-json.js';
export { fromUtf8, toUtf8 } from './utf8.js';
export { WakeSignal } from './wake-signal.js';
export { yieldToEventLoop } from './yield-to-event-loop.js';

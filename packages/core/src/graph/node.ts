import type { AsyncStage } from './async-stage.js';
import type { Bytes } from './bytes.js';
import type { Lookup } from './context.js';
import type { AnyContext, AnyProcess } from './processor.js';
import type { RecordHeaders, StreamRecord } from './record.js';
import type { AnySerde } from './serde.js';
import type { AnyStoreSpec } from './store.js';

/** A node's name, unique in its topology. */
export type NodeId = string;

/** A connection of a node to one above it. */
export type Edge = PipelineEdge | RepartitionEdge | LookupEdge;

/** An edge that forwards records in the same call. */
export interface PipelineEdge {
  readonly by: 'pipeline';
  readonly from: NodeId;
  /** True when the reader needs the value before each change of a table. */
  readonly before?: boolean;
  /** True for a side output: the reader gets only records that are forwarded to it by name. */
  readonly sideOutput?: true;
  /** True when records with a null key are dropped here, below a topic that carries them for another reader. */
  readonly dropsNullKeys?: boolean;
}

/** An edge that sends records through a topic, so that equal keys share a partition. */
export interface RepartitionEdge {
  readonly by: 'repartition';
  readonly from: NodeId;
  readonly repartition: Repartition;
  readonly before?: boolean;
}

/** An edge that looks up rows of a table by key. It forwards no records. */
export interface LookupEdge {
  readonly by: 'lookup';
  readonly from: NodeId;
  /** The lookup shows rows as last forwarded along this edge; unless set, the newest rows. */
  readonly along?: TableEdge | undefined;
}

/** A pipeline edge from a given table. */
export interface TableEdge {
  readonly to: NodeId;
  /** The index of the edge among the reader's inputs that are not lookups. */
  readonly input: number;
}

/**
 * The rows that a lookup shows: the newest, or those last forwarded. They differ while a table holds back an update, and
 * while it has forwarded a change to some of its readers only.
 */
export type LookupMode = 'newest' | 'forwarded';

/** A repartition topic, named without the application's prefix. */
export interface Repartition {
  readonly name: string;
  readonly key: AnySerde;
  readonly value: AnySerde;
  /**
   * The number of partitions; `'as-copartitioned'` for that of its co-partition group. Unless set, the larger of that and
   * the count of the widest topic upstream.
   */
  readonly partitions?: number | 'as-copartitioned';
  readonly partitioner?: Partitioner<unknown, unknown>;
  /** True when the user chose the name. */
  readonly named: boolean;
  /** True when the topic is not shared with other steps, because the user requested it. */
  readonly own?: boolean;
  /** True when all readers accept null keys. */
  readonly nullKeys?: boolean;
  /** The suffix of the topic's name; `repartition` unless set. */
  readonly suffix?: 'topic';
}

/** The start of a source without a committed offset. */
export type StartFrom = 'earliest' | 'latest' | { readonly ago: number };

/**
 * Returns the timestamp of a record that was read, in whole ms; `partitionTime` is the partition's largest so far, or -1. A
 * record with a negative one is dropped; one that is not a whole number fails. See `timestamps` for built-in ones.
 */
export type TimestampExtractor = (
  arrived: StreamRecord<unknown, unknown>,
  partitionTime: number,
  wallTime: number,
) => number;

/** A node that reads topics. */
export interface SourceNode {
  readonly kind: 'source';
  readonly id: NodeId;
  readonly topics: readonly string[] | RegExp;
  readonly key: AnySerde;
  readonly value: AnySerde;
  /** The serdes of values by topic, where they differ from `value`. */
  readonly valueByTopic?: ReadonlyMap<string, AnySerde>;
  /** The application's default unless set. */
  readonly from?: StartFrom;
  readonly timestamp?: TimestampExtractor;
  /** Null values of a serde that is not nullable: an error (`refuse`), or a table's delete, forwarded as `null` (`pass`). */
  readonly nulls: 'refuse' | 'pass';
  /** Set for an internal topic: its repartition. */
  readonly repartition?: Repartition;
}

/** A node that reads a whole topic into a table for lookups by every task. Its rows are not partitioned. */
export interface GlobalNode {
  readonly kind: 'global';
  readonly id: NodeId;
  readonly topic: string;
  readonly key: AnySerde;
  readonly value: AnySerde;
  readonly timestamp?: TimestampExtractor;
  readonly store: AnyStoreSpec;
  /** Opens the process that writes records to the store; a null value deletes. */
  open(context: AnyContext): AnyProcess;
  lookup(context: AnyContext): Lookup<unknown, unknown>;
}

/** The requirements of the nodes below a node. */
export interface Requirements {
  /** True when a node needs the value before each change. */
  readonly before: boolean;
  /** The rows that nodes look up by key; `'forwarded'` if any needs those. False without lookups. */
  readonly lookup: false | LookupMode;
}

/** A node that reads its inputs, keeps stores and forwards to its children. */
export interface ProcessorNode {
  readonly kind: 'processor';
  readonly id: NodeId;
  /** The operator, for pictures: `filter`, `aggregate`, `join`. */
  readonly operator: string;
  readonly inputs: readonly Edge[];
  readonly stores: readonly AnyStoreSpec[];
  /** The key of forwarded records: `'kept'` when it is always that of the processed record. */
  readonly key: 'kept' | 'changed';
  /** The value of forwarded records: `'kept'` when it is always that of the processed record. */
  readonly value: 'kept' | 'changed';
  /** True for a step without state that processes records one by one. A repartition may be moved above it. */
  readonly stateless?: boolean;
  /**
   * True when records of different keys do not depend on each other here, so that they may overtake each other. Unset for
   * steps that read rows of other keys or keep state outside of stores.
   */
  readonly keyLocal?: boolean;
  /** True when the step accepts null keys, so that repartitions above must carry them. */
  readonly nullKeys?: boolean;
  /**
   * Set when the node combines its inputs by key, so that their topics need equal partition counts. `'cogroup'` differs
   * from `true` only in described groups, see `Plan.describedCopartitionGroups`.
   */
  readonly copartitioned?: boolean | 'cogroup';
  /** True when the user wrote the processor: promises and records that it forwards late are refused. */
  readonly byUser?: true;
  /** The settings of an async step. Results return in later turns of the task. */
  readonly async?: AsyncStage;
  /** Returns one process per input that is not a lookup, in order; a single process serves all inputs. */
  open(context: AnyContext): readonly AnyProcess[];
  /** Opens the rows of a table by key. */
  lookup?(context: AnyContext, mode: LookupMode): Lookup<unknown, unknown>;
  /**
   * True for a table whose change may reach a lookup before it is forwarded along the lookup's edge. Such lookups then show
   * the row from before the change. Set by `planTopology`.
   */
  readonly partlyForwarded?: boolean;
  /** Returns the node with the stores and inputs that meet the requirements of the nodes below. */
  resolve?(requirements: Requirements): ProcessorNode;
}

/** Returns a partition below `count`, several, or none to drop the record; `undefined` chooses by key. */
export type Partitioner<in K, in V> = (
  record: StreamRecord<K, V>,
  key: Bytes | null,
  count: number,
) => number | readonly number[] | undefined;

/** Returns the topic of a record. */
export type TopicChooser<in K, in V> = (record: StreamRecord<K, V>) => string;

/** A node that writes to a topic. */
export interface SinkNode {
  readonly kind: 'sink';
  readonly id: NodeId;
  readonly inputs: readonly PipelineEdge[];
  readonly topic: string | TopicChooser<unknown, unknown>;
  readonly key: AnySerde;
  readonly value: AnySerde;
  readonly headers?: (record: StreamRecord<unknown, unknown>) => RecordHeaders;
  readonly timestamp?: (record: StreamRecord<unknown, unknown>) => number;
  readonly partitioner?: Partitioner<unknown, unknown>;
  /** Set for an internal topic. Records with a null key are dropped here unless `nullKeys` is set. */
  readonly repartition?: Repartition;
  readonly nullKeys?: boolean;
}

/** A node of a topology: frozen data, distinguished by `kind`. */
export type GraphNode = SourceNode | GlobalNode | ProcessorNode | SinkNode;

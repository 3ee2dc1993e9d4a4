import type { AsyncStage } from './async-stage.js';
import type { Bytes } from './bytes.js';
import type { Lookup } from './context.js';
import type { AnyContext, AnyProcess } from './processor.js';
import type { RecordHeaders, StreamRecord } from './record.js';
import type { AnySerde } from './serde.js';
import type { AnyStoreSpec } from './store.js';

/** A node's name, unique in its topology. */
export type NodeId = string;

/** How a node is connected to one that stands before it. */
export type Edge = PipelineEdge | RepartitionEdge | LookupEdge;

/** Records are handed over in the same call. */
export interface PipelineEdge {
  readonly by: 'pipeline';
  readonly from: NodeId;
  /** Whether the reader needs a table's value from before each change. */
  readonly before?: boolean;
  /** True for a side output: the reader gets only records that are forwarded to it by name. */
  readonly sideOutput?: true;
  /** True where records with a null key stop: behind a topic that lets them pass for another reader. */
  readonly stopsNullKeys?: boolean;
}

/** Records go through a topic, so that equal keys meet in one partition. */
export interface RepartitionEdge {
  readonly by: 'repartition';
  readonly from: NodeId;
  readonly repartition: Repartition;
  readonly before?: boolean;
}

/** The node looks up the other's table by key; nothing flows. */
export interface LookupEdge {
  readonly by: 'lookup';
  readonly from: NodeId;
}

/** The topic of a repartition, without the application's prefix, and what it holds. */
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
  /** True when the user named it. */
  readonly named: boolean;
  /** True when the topic itself was asked for, so that it is shared with no other step. */
  readonly own?: boolean;
  /** True when null keys mean something behind it, whoever reads there. */
  readonly nullKeys?: boolean;
  /** What the topic's name ends in; `repartition` unless set. */
  readonly suffix?: 'topic';
}

/** Where a source without a committed offset begins. */
export type StartFrom = 'earliest' | 'latest' | { readonly ago: number };

/**
 * Reads the timestamp out of a record as it arrived, in ms; `partitionTime` is the partition's largest so far, or -1. Some
 * are ready-made: see `timestamps`.
 */
export type TimestampExtractor = (
  arrived: StreamRecord<unknown, unknown>,
  partitionTime: number,
  wallTime: number,
) => number;

/** Reads topics. */
export interface SourceNode {
  readonly kind: 'source';
  readonly id: NodeId;
  readonly topics: readonly string[] | RegExp;
  readonly key: AnySerde;
  readonly value: AnySerde;
  /** Undefined: the application's default. */
  readonly from?: StartFrom;
  readonly timestamp?: TimestampExtractor;
  /** What a null value is where the serde is not nullable: an error, or the table's delete, handed on as `null`. */
  readonly nulls: 'refuse' | 'pass';
  /** Set where the topic is the library's own: the repartition that was cut here. */
  readonly repartition?: Repartition;
}

/** Reads a whole topic into a table that every task can look up; its rows are not partitioned. */
export interface GlobalNode {
  readonly kind: 'global';
  readonly id: NodeId;
  readonly topic: string;
  readonly key: AnySerde;
  readonly value: AnySerde;
  readonly timestamp?: TimestampExtractor;
  readonly store: AnyStoreSpec;
  /** Fills the store from a record, with null for a delete. */
  open(context: AnyContext): AnyProcess;
  lookup(context: AnyContext): Lookup<unknown, unknown>;
}

/** What those downstream ask of a node. */
export interface Demand {
  /** Whether somebody needs the value from before each change. */
  readonly before: boolean;
  /** Somebody looks rows up by key. */
  readonly lookup: boolean;
}

/** A step: reads its inputs, keeps stores, forwards to its children. */
export interface ProcessorNode {
  readonly kind: 'processor';
  readonly id: NodeId;
  /** What it is, for pictures: `filter`, `aggregate`, `join`. */
  readonly operator: string;
  readonly inputs: readonly Edge[];
  readonly stores: readonly AnyStoreSpec[];
  /** Whether records keep their key and their value on the way through. */
  readonly key: 'kept' | 'changed';
  readonly value: 'kept' | 'changed';
  /** True when it looks at one record at a time and remembers nothing: a repartition may then move above it. */
  readonly stateless?: boolean;
  /** True when null keys mean something here, so that repartitions above must let them pass. */
  readonly nullKeys?: boolean;
  /**
   * Set when its inputs meet by key, so that the topics behind them need equal partition counts; which streams a cogroup
   * combines counts for how Kafka Streams names those.
   */
  readonly copartitioned?: boolean | 'cogroup';
  /** Set where it waits for something: how its calls may overlap. Results come back later, in turns of their own. */
  readonly async?: AsyncStage;
  /** Returns one process per input that is not a lookup, in order; a single process serves all inputs. */
  open(context: AnyContext): readonly AnyProcess[];
  /** The table's rows by key, where the node is a table. */
  lookup?(context: AnyContext): Lookup<unknown, unknown>;
  /** The node once it is known what is asked of it: which stores it keeps, what it asks of its own inputs. */
  settle?(demand: Demand): ProcessorNode;
}

/** Chooses a partition among `count`, or several, or none to drop the record; `undefined` means by key. */
export type Partitioner<in K, in V> = (
  record: StreamRecord<K, V>,
  key: Bytes | null,
  count: number,
) => number | readonly number[] | undefined;

/** Chooses a topic for each record. */
export type TopicChooser<in K, in V> = (record: StreamRecord<K, V>) => string;

/** Writes to a topic. */
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
  /** Set where the topic is the library's own; records with a null key stop here unless `nullKeys`. */
  readonly repartition?: Repartition;
  readonly nullKeys?: boolean;
}

/** A node of a topology: inert, frozen, told apart by `kind`. */
export type GraphNode = SourceNode | GlobalNode | ProcessorNode | SinkNode;

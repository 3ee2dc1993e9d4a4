import { checkOptions, checkValue } from '../graph/check-options.js';
import type { Description } from '../graph/describe/description.js';
import type { Edge } from '../graph/node.js';
import { type OptionChecks, option } from '../graph/option.js';
import type { AnySerde } from '../graph/serde.js';
import { type SourceOptions, type SourceTopics, sourceChecks } from '../graph/source-and-sink.js';
import type { Topic } from '../graph/topic.js';
import type { Topology } from '../graph/topology.js';
import { TopologyBuilder, type TopologyOptions, topologyChecks } from '../graph/topology-builder.js';
import { keyValue } from '../state/key-value.js';
import { type Chain, stepName } from './chain.js';
import { GlobalTable } from './global-table.js';
import type { JoinCondition } from './join-condition.js';
import { globalTableNode } from './operators/global-table.js';
import { appendTable, type TableSource } from './operators/table-source.js';
import { type Named, namedChecks, serdeChecks, type TableSourceOptions, tableSourceChecks } from './options.js';
import { SourceRegistry } from './source-registry.js';
import { Stream } from './stream.js';
import { Table } from './table.js';

/** The options of an application. */
export interface StreamsOptions extends TopologyOptions {
  /** Serdes for steps that make new keys or values without a serde; none unless set. */
  readonly defaults?: { readonly key?: AnySerde; readonly value?: AnySerde };
  /** The condition of joins of a stream with a table that name none; such joins are refused unless set. */
  readonly joinCondition?: JoinCondition;
}

/** The options of a table that is read from a topic. A name keeps its rows in a store of that name. */
export type TopicTableOptions = TableSourceOptions & Pick<SourceOptions, 'timestamp'>;

/** The options of a global table. */
export type GlobalTableOptions = Omit<TopicTableOptions, 'history' | 'emit' | 'ttl'>;

/** The checks of {@link StreamsOptions}. */
export const streamsChecks: OptionChecks<StreamsOptions> = {
  ...topologyChecks,
  defaults: option.oneOf<NonNullable<StreamsOptions['defaults']>>(serdeChecks),
  joinCondition: option.having('a condition, such as byKey()', 'join'),
};

const streamChecks: OptionChecks<Named & SourceOptions> = { ...namedChecks, ...sourceChecks };

const tableChecks: OptionChecks<TopicTableOptions> = { ...tableSourceChecks, timestamp: option.fn };

const globalTableChecks: OptionChecks<GlobalTableOptions> = { ...namedChecks, timestamp: option.fn };

/** An application under construction: the beginning of every chain. Nothing runs before it is started. */
export class Streams {
  /** The name of the application: its consumer group, the prefix of its topics and its state folder. */
  readonly name: string;
  readonly #chain: Chain;
  readonly #sources: SourceRegistry;

  constructor(name: string, options: StreamsOptions = {}) {
    checkOptions('streams', options, streamsChecks);
    const { defaults = {}, joinCondition, names } = options;
    this.name = name;
    this.#chain = {
      graph: new TopologyBuilder(name, { names }),
      defaults,
      joinCondition,
      openStream: (position) => new Stream(position),
    };
    this.#sources = new SourceRegistry(this.#chain);
  }

  /**
   * Reads a topic, several topics of the same types, or all topics that match a pattern, as a stream. Reading a topic
   * twice in the same way creates one source.
   *
   * @throws TopologyError when the topic is already read in another way.
   *
   * @example
   * streams('shop').stream(orders, { from: 'latest' })
   */
  stream<K, V>(topics: SourceTopics<K, V>, options: Named & SourceOptions = {}): Stream<K, V> {
    checkValue('"topics" of stream', topics, option.source);
    checkOptions('stream', options, streamChecks);
    return new Stream(this.#sources.at('stream', topics, options, 'refuse'));
  }

  /**
   * Reads a topic as a table: the last value of each key; null deletes. A name keeps its rows in a store; a history keeps
   * old versions of rows.
   *
   * @throws TopologyError when the topic is already read in another way.
   *
   * @example
   * streams('shop').table(prices, { name: 'prices', history: '1h' })
   */
  table<K, V>(topic: Topic<K, V>, options: TopicTableOptions = {}): Table<NonNullable<K>, NonNullable<V>> {
    checkValue('"topic" of table', topic, option.topic);
    checkOptions('table', options, tableChecks);
    const from = this.#sources.at('table', topic, { timestamp: options.timestamp }, 'pass');
    const edge = (): Edge => ({ by: 'pipeline', from: from.node });
    const source = { operator: 'table', edge, key: topic.key, value: topic.value, sourceTopic: topic.name } as const;
    return new Table(...appendTable(from, source as TableSource, options));
  }

  /**
   * Reads a topic into a table that every process holds completely.
   *
   * @throws TopologyError when the topic is already read.
   *
   * @example
   * streams('shop').globalTable(countries, { name: 'countries' })
   */
  globalTable<K, V>(topic: Topic<K, V>, options: GlobalTableOptions = {}): GlobalTable<NonNullable<K>, NonNullable<V>> {
    checkValue('"topic" of globalTable', topic, option.topic);
    checkOptions('globalTable', options, globalTableChecks);
    const chain = this.#chain;
    const { name, key, value } = topic;
    const { id, named } = stepName(chain, 'global-table', options.name);
    this.#sources.global(topic, id);
    const store = keyValue<K, V>(id, { key, value, sourceTopic: name, named });
    chain.graph.append(globalTableNode(id, topic, store, options.timestamp));
    const position = { chain, node: id, key: { serde: key }, value: { serde: value }, partitioned: false };
    return new GlobalTable(position, { store });
  }

  /** The builder below the chain, for nodes that no method appends. */
  get graph(): TopologyBuilder {
    return this.#chain.graph;
  }

  /**
   * Returns the topology of all steps so far: checked, ordered and frozen.
   *
   * @throws TopologyError when a check fails.
   */
  build(): Topology {
    return this.#chain.graph.build();
  }

  /**
   * Returns a description of the topology: its sub-topologies, stores and topics, and the steps that should be named.
   *
   * @example
   * console.log(String(shop.describe()))
   */
  describe(): Description {
    return this.#chain.graph.describe();
  }
}

/**
 * Creates an application.
 *
 * @example
 * const shop = streams('shop')
 * shop.stream(orders).filter((order) => order.total > 0).to(paid)
 */
export const streams = (name: string, options?: StreamsOptions): Streams => new Streams(name, options);

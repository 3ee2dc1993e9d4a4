import type { Description } from '../graph/describe/description.js';
import type { SourceOptions, SourceTopics } from '../graph/endpoints.js';
import type { Edge } from '../graph/node.js';
import type { AnySerde } from '../graph/serde.js';
import type { Topic } from '../graph/topic.js';
import type { Topology } from '../graph/topology.js';
import { TopologyBuilder, type TopologyOptions } from '../graph/topology-builder.js';
import { keyValue } from '../state/key-value.js';
import { GlobalTable } from './global-table.js';
import type { Match } from './match.js';
import type { Named } from './operator.js';
import { globalTableNode } from './operators/global-table.js';
import { type RecordTable, recordTableAt } from './operators/record-table.js';
import { type Chain, stepName } from './position.js';
import { Sources } from './sources.js';
import { Stream } from './stream.js';
import { Table, type TableSourceOptions } from './table.js';

/** What a whole application has in common. */
export interface StreamsOptions extends TopologyOptions {
  /** Serdes for where a step changed a type and nothing else says how it is written. */
  readonly defaults?: { readonly key?: AnySerde; readonly value?: AnySerde };
  /** How streams meet tables when a join does not say. */
  readonly match?: Match;
}

/** How a topic is read as a table. A name keeps the table's rows in a store of that name. */
export type TopicTableOptions = TableSourceOptions & Pick<SourceOptions, 'timestamp'>;

/** The beginning of every chain: names the application and its sources. Nothing runs before it is started. */
export class Streams {
  /** The application: its consumer group, the prefix of its topics, its state folder. */
  readonly name: string;
  readonly #chain: Chain;
  readonly #sources: Sources;

  constructor(name: string, { defaults = {}, match, names }: StreamsOptions = {}) {
    this.name = name;
    this.#chain = {
      graph: new TopologyBuilder(name, { names }),
      defaults,
      match,
      stream: (position) => new Stream(position),
      table: (position, rows) => new Table(position, rows),
    };
    this.#sources = new Sources(this.#chain);
  }

  /**
   * Reads a topic, several topics of the same types, or all topics that match a pattern, as a stream. A topic that is read
   * twice in the same way is one source.
   *
   * @example
   * streams('shop').stream(orders, { from: 'latest' })
   */
  stream<K, V>(topics: SourceTopics<K, V>, options: Named & SourceOptions = {}): Stream<K, V> {
    return new Stream(this.#sources.at('stream', topics, options, 'refuse'));
  }

  /**
   * Reads a topic as a table: the last value of each key, null deletes. A name keeps its rows in a store; a history keeps
   * them as they were, too.
   *
   * @example
   * streams('shop').table(prices, { name: 'prices', history: '1h' })
   */
  table<K, V>(topic: Topic<K, V>, options: TopicTableOptions = {}): Table<NonNullable<K>, NonNullable<V>> {
    const from = this.#sources.at('table', topic, { timestamp: options.timestamp }, 'pass');
    const edge = (): Edge => ({ by: 'pipeline', from: from.node });
    const made = { operator: 'table', edge, key: topic.key, value: topic.value, sourceTopic: topic.name } as const;
    return new Table(...recordTableAt(from, made as RecordTable, options));
  }

  /** Reads a whole topic into a table of which every process has a copy. */
  globalTable<K, V>(
    topic: Topic<K, V>,
    options: Omit<TopicTableOptions, 'history' | 'emit'> = {},
  ): GlobalTable<NonNullable<K>, NonNullable<V>> {
    const chain = this.#chain;
    const { name, key, value } = topic;
    const { id, named } = stepName(chain, 'global-table', options.name);
    this.#sources.global(topic, id);
    const store = keyValue<K, V>(id, { key, value, sourceTopic: name, named });
    chain.graph.append(globalTableNode(id, topic, store, options.timestamp));
    const position = { chain, node: id, key: { serde: key }, value: { serde: value }, partitioned: false };
    return new GlobalTable(position, { store });
  }

  /** The low-level builder below the chain, for nodes that no method appends. */
  get graph(): TopologyBuilder {
    return this.#chain.graph;
  }

  /** The topology as written so far: checked, ordered and frozen. */
  build(): Topology {
    return this.#chain.graph.build();
  }

  /**
   * What the application is made of, as it would run: its sub-topologies, stores and topics, and what should be named.
   *
   * @example
   * console.log(String(shop.describe()))
   */
  describe(): Description {
    return this.#chain.graph.describe();
  }
}

/**
 * Begins an application.
 *
 * @example
 * const shop = streams('shop')
 * shop.stream(orders).filter((order) => order.total > 0).to(paid)
 */
export const streams = (name: string, options?: StreamsOptions): Streams => new Streams(name, options);

import { checkOptions, checkValue } from './check-options.js';
import { describeTopology } from './describe/describe-topology.js';
import type { Description } from './describe/description.js';
import { TopologyError } from './errors.js';
import type { GraphNode, NodeId, PipelineEdge, TopicChooser } from './node.js';
import { type OptionChecks, option } from './option.js';
import { checkNodes, checkReached } from './passes/check-nodes.js';
import { checkStores } from './passes/check-stores.js';
import { checkTopics } from './passes/check-topics.js';
import { orderNodes } from './passes/order-nodes.js';
import { sendsOldValues } from './passes/sends-old-values.js';
import type { Connected, Processor } from './processor.js';
import {
  type SinkOptions,
  type SourceOptions,
  type SourceTopics,
  sinkChecks,
  sinkNode,
  sourceChecks,
  sourceNode,
} from './source-and-sink.js';
import type { AnyStoreSpec } from './store.js';
import { checkName, type Topic } from './topic.js';
import type { Topology } from './topology.js';

/** A reference to a node, with the types of the records it forwards. */
export interface NodeRef<out K, out V> {
  readonly id: NodeId;
  /** Types only: never set. */
  readonly forwards?: readonly [K, V];
}

/** An input of a processor or a sink: a node or its name. A named node may be added later. */
export type Parent<K, V> = NodeRef<K, V> | NodeId;

/** The topologies of node references and of the stores of tables. */
const owners = new WeakMap<object, TopologyBuilder>();

/** Options of a topology. */
export interface TopologyOptions {
  /**
   * `'required'` refuses unnamed stores and repartition topics: a later change of the topology may rename them, and their
   * rows are lost. Unless set, `describe` lists them and `start` logs a warning.
   */
  readonly names?: 'required';
}

/** The inputs, process and stores of a processor node. */
export interface ProcessorOptions<K, V, K2, V2> {
  readonly parents: readonly Parent<K, V>[];
  readonly processor: Processor<K, V, K2, V2> | Connected<Processor<K, V, K2, V2>>;
  /** Stores by spec, or by the name of one added with `addStore`. */
  readonly stores?: readonly (AnyStoreSpec | string)[];
}

/** The inputs and the topic of a sink. */
export interface ConnectedSinkOptions<K, V> extends SinkOptions<K, V> {
  readonly parents: readonly Parent<K, V>[];
  readonly topic: Topic<K, V> | (Omit<Topic<K, V>, 'name'> & { readonly choose: TopicChooser<K, V> });
}

/** The checks of {@link TopologyOptions}. */
export const topologyChecks: OptionChecks<TopologyOptions> = { names: option.oneOf<'required'>('required') };

const parents = option.required(
  option.listOf({
    takes: 'a node or its name',
    accepts: (value) => typeof value === 'string' || (typeof value === 'object' && value !== null && 'id' in value),
  }),
);

const processorChecks: OptionChecks<ProcessorOptions<unknown, unknown, unknown, unknown>> = {
  parents,
  processor: option.required(option.processor),
  stores: option.listOf(option.either(option.store, option.text)),
};

const connectedSinkChecks: OptionChecks<ConnectedSinkOptions<unknown, unknown>> = {
  ...sinkChecks,
  parents,
  topic: option.required(option.sink),
};

/**
 * Builds a topology node by node, without the fluent chain. Nodes are referred to by name, also before they are added;
 * `build` checks everything.
 *
 * @example
 * const counts = keyValue('counts', { key: string, value: double })
 * const builder = new TopologyBuilder('word-count')
 * const lines = builder.addSource('lines', topic('lines', { key: string, value: string }))
 * const count = builder.addProcessor('count', {
 *   parents: [lines],
 *   stores: [counts],
 *   processor: (context: Context<string, number>) => {
 *     const store = context.store(counts)
 *     return ({ key, timestamp }: StreamRecord<string, string>) => {
 *       const seen = (store.get(key) ?? 0) + 1
 *       store.put(key, seen, timestamp)
 *       context.forward(record(key, seen, timestamp))
 *     }
 *   },
 * })
 * builder.addSink('out', { parents: [count], topic: topic('counts', { key: string, value: double }) })
 * const topology = builder.build()
 */
export class TopologyBuilder {
  readonly name: string;
  readonly #nodes: GraphNode[] = [];
  readonly #stores = new Map<string, AnyStoreSpec>();
  readonly #connections: (readonly [node: NodeId, store: AnyStoreSpec | string])[] = [];
  readonly #counters = new Map<string, number>();
  readonly #names: Topology['names'];

  constructor(name: string, options: TopologyOptions = {}) {
    this.name = checkName(name, 'an application');
    checkOptions('TopologyBuilder', options, topologyChecks);
    this.#names = options.names;
  }

  /** Adds a source of one topic, several of the same types, or all that match a pattern. */
  addSource<K, V>(id: NodeId, topics: SourceTopics<K, V>, options: SourceOptions = {}): NodeRef<K, V> {
    checkValue('"topics" of addSource', topics, option.source);
    checkOptions('addSource', options, sourceChecks);
    return this.append(sourceNode(id, topics, options));
  }

  /**
   * Adds a processor that reads its parents.
   *
   * @throws TopologyError when a parent, or the table of a store, is of another topology.
   */
  addProcessor<K, V, K2, V2>(id: NodeId, options: ProcessorOptions<K, V, K2, V2>): NodeRef<K2, V2> {
    checkOptions('addProcessor', options, processorChecks);
    const own =
      typeof options.processor === 'function' ? { stores: [], processor: options.processor } : options.processor;
    for (const store of [...own.stores, ...(options.stores ?? [])]) this.connect(id, store);
    return this.append({
      kind: 'processor',
      id,
      operator: 'processor',
      inputs: this.#edges(id, options.parents),
      stores: [],
      key: 'changed',
      value: 'changed',
      nullKeys: true,
      byUser: true,
      open: (context) => [own.processor(context)],
    });
  }

  /**
   * Adds a sink that writes to a topic, or to the topic chosen for each record.
   *
   * @throws TopologyError when a parent is of another topology.
   */
  addSink<K, V>(id: NodeId, options: ConnectedSinkOptions<K, V>): void {
    checkOptions('addSink', options, connectedSinkChecks);
    this.append(sinkNode(id, this.#edges(id, options.parents), options.topic, options));
  }

  /** Adds a store, so that `connect` and processors can name it. */
  addStore(spec: AnyStoreSpec): void {
    if (this.#stores.has(spec.name))
      throw new TopologyError(`store "${spec.name}" was added twice: give one another name`);
    this.#stores.set(spec.name, spec);
  }

  /**
   * Connects a processor to a store. Processors that share a store run in one task.
   *
   * @throws TopologyError when the processor, or the table of the store, is of another topology.
   */
  connect(processor: Parent<unknown, unknown>, store: AnyStoreSpec | string): void {
    const id = typeof processor === 'string' ? processor : processor.id;
    if (typeof processor !== 'string') this.#refuseForeign(`store "${nameOf(store)}"`, processor, `node "${id}"`);
    if (typeof store !== 'string') this.#refuseForeign(`"${id}"`, store, `store "${store.name}"`);
    this.#connections.push([id, store]);
  }

  /** Marks the store of a table as one of this topology. Processors of another one are refused it. */
  own(store: AnyStoreSpec): void {
    owners.set(store, this);
  }

  /**
   * Appends a complete node, for a chain or DSL on top of the graph.
   *
   * @throws TopologyError when the table of a store is of another topology.
   */
  append<K, V>(node: GraphNode): NodeRef<K, V> {
    if (typeof node.id !== 'string' || node.id === '')
      throw new TopologyError(
        `a node cannot be named ${JSON.stringify(node.id)}: give it a name, or leave the name out`,
      );
    if (node.kind === 'processor') {
      for (const store of node.stores) this.#refuseForeign(`"${node.id}"`, store, `store "${store.name}"`);
    }
    this.#nodes.push(Object.freeze(node));
    const ref = { id: node.id };
    owners.set(ref, this);
    return ref;
  }

  /** Returns the next unused name of an operator: `filter-0`, `filter-1`. Operators are counted separately, so that adding one renames no other. */
  nextId(operator: string): NodeId {
    const count = this.#counters.get(operator) ?? 0;
    this.#counters.set(operator, count + 1);
    return `${operator}-${count}`;
  }

  /** True when a table can send old values with its changes without storing more rows. */
  sendsOldValues(table: NodeId): boolean {
    return sendsOldValues(this.#nodes, table);
  }

  /**
   * Returns the topology: checked, ordered and frozen. May be called again after more nodes were added.
   *
   * @throws TopologyError naming the nodes when a name is used twice, a parent or store is unknown, nodes form a cycle or
   * have no source, or a sink has children.
   */
  build(): Topology {
    const nodes = connectStores(this.#nodes, this.#connections, this.#stores);
    checkNodes(nodes);
    const ordered = orderNodes(nodes);
    checkReached(ordered);
    checkStores(ordered, this.#stores.values());
    checkTopics(ordered);
    return Object.freeze({ name: this.name, names: this.#names, nodes: Object.freeze(ordered) });
  }

  /** Returns a description of the topology as text, as a diagram or as data. */
  describe(): Description {
    return describeTopology(this.build());
  }

  #edges(reader: NodeId, parents: readonly Parent<unknown, unknown>[]): readonly PipelineEdge[] {
    return parents.map((parent) => {
      if (typeof parent === 'string') return { by: 'pipeline', from: parent };
      this.#refuseForeign(`"${reader}"`, parent, `node "${parent.id}"`);
      return { by: 'pipeline', from: parent.id };
    });
  }

  #refuseForeign(user: string, used: object, what: string): void {
    const owner = owners.get(used);
    if (owner === undefined || owner === this) return;
    const foreign = owner.name === this.name ? `another topology named "${owner.name}"` : `"${owner.name}"`;
    throw new TopologyError(
      `${user} of topology "${this.name}" takes ${what} of ${foreign}: build both in one topology`,
    );
  }
}

const nameOf = (store: AnyStoreSpec | string): string => (typeof store === 'string' ? store : store.name);

const connectStores = (
  nodes: readonly GraphNode[],
  connections: readonly (readonly [NodeId, AnyStoreSpec | string])[],
  stores: ReadonlyMap<string, AnyStoreSpec>,
): GraphNode[] => {
  const added = new Map<NodeId, AnyStoreSpec[]>();
  for (const [id, store] of connections) {
    const spec = typeof store === 'string' ? stores.get(store) : store;
    if (spec === undefined) {
      throw new TopologyError(`processor "${id}" uses store "${store}", which was not added: call addStore with it`);
    }
    if (!nodes.some((node) => node.id === id && node.kind === 'processor')) {
      throw new TopologyError(
        `store "${spec.name}" is connected to "${id}", which is not a processor of this topology: connect a processor`,
      );
    }
    added.set(id, [...(added.get(id) ?? []), spec]);
  }
  return nodes.map((node) => {
    const specs = added.get(node.id);
    return node.kind === 'processor' && specs !== undefined
      ? Object.freeze({ ...node, stores: [...new Set([...node.stores, ...specs])] })
      : node;
  });
};

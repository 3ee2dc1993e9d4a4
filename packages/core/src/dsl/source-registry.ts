import { TopologyError } from '../graph/errors.js';
import type { NodeId, SourceNode } from '../graph/node.js';
import { serdeNames } from '../graph/serde.js';
import { type SourceOptions, type SourceTopics, sourceNode } from '../graph/source-and-sink.js';
import type { AnyTopic } from '../graph/topic.js';
import { type Chain, type ChainPosition, stepName } from './chain.js';
import type { Named } from './options.js';

/** The serdes of a topic. */
type Serdes = Pick<AnyTopic, 'key' | 'value'>;

/** A source that was registered, so that its topics are read once. */
interface RegisteredSource {
  readonly as: 'stream' | 'table' | 'globalTable';
  readonly topics: string;
  readonly node: NodeId;
  readonly options: Named & SourceOptions;
  /** The key and value serdes of each topic. */
  readonly serdes: readonly Serdes[];
}

/** The sources of an application. Each topic is read by one node, however many chains begin with it. */
export class SourceRegistry {
  readonly #chain: Chain;
  readonly #byTopic = new Map<string, RegisteredSource>();

  constructor(chain: Chain) {
    this.#chain = chain;
  }

  /** Returns the position behind the source of these topics, which is created unless it exists. */
  at<K, V>(
    as: 'stream' | 'table',
    topics: SourceTopics<K, V>,
    options: Named & SourceOptions,
    nulls: SourceNode['nulls'],
  ): ChainPosition {
    const chain = this.#chain;
    const names = namesOf(topics);
    const serdes: readonly Serdes[] = 'pattern' in topics || 'name' in topics ? [topics] : topics;
    const [first] = serdes;
    const source = { as, topics: names.join(' '), options, serdes };
    const known = this.#find(names, source);
    const node = known ?? stepName(chain, as === 'table' ? 'table-source' : 'source', options.name).id;
    if (known === undefined) {
      chain.graph.append(sourceNode(node, topics, { ...options, nulls }));
      for (const name of names) this.#byTopic.set(name, { ...source, node });
    }
    const value = serdes.every((one) => one.value === first?.value) ? { serde: first?.value } : { changedBy: node };
    return { chain, node, key: { serde: first?.key }, value, partitioned: true };
  }

  /** Registers the topic of a global table; refuses one that is read already. */
  global(topic: AnyTopic, node: NodeId): void {
    const { name } = topic;
    const source = { as: 'globalTable', topics: name, options: {}, serdes: [topic] } as const;
    const known = this.#byTopic.get(name);
    if (known !== undefined) throw readTwice(name, known, source);
    this.#byTopic.set(name, { ...source, node });
  }

  /** Returns the node that reads these topics in the same way; refuses topics that are read in another way. */
  #find(names: readonly string[], source: Omit<RegisteredSource, 'node'>): NodeId | undefined {
    for (const name of names) {
      const known = this.#byTopic.get(name);
      if (known === undefined) continue;
      if (difference(known, source) === undefined) return known.node;
      throw readTwice(name, known, source);
    }
    return undefined;
  }
}

const namesOf = <K, V>(topics: SourceTopics<K, V>): readonly string[] => {
  if ('pattern' in topics) return [String(topics.pattern)];
  return 'name' in topics ? [topics.name] : topics.map(({ name }) => name);
};

/** Returns the difference between two ways to read a topic; undefined for none. */
const difference = (one: RegisteredSource, other: Omit<RegisteredSource, 'node'>): string | undefined => {
  if (one.as !== other.as) return `as a ${one.as} and as a ${other.as}`;
  if (one.topics !== other.topics) return 'together with other topics';
  const serdes = differentSerdes(one.serdes, other.serdes);
  if (serdes !== undefined) return serdes;
  if (JSON.stringify(one.options.from) !== JSON.stringify(other.options.from)) return 'from different places';
  if (one.options.timestamp !== other.options.timestamp) return 'with different timestamp extractors';
  const { name } = other.options;
  return name === undefined || name === one.node ? undefined : `under the names "${one.node}" and "${name}"`;
};

/** Returns the first difference between the serdes of equal topics; undefined for none. */
const differentSerdes = (ones: readonly Serdes[], others: readonly Serdes[]): string | undefined => {
  for (const [at, one] of ones.entries()) {
    const { key, value } = others[at] as Serdes;
    if (one.key !== key) return `with different serdes for the key (${serdeNames(one.key, key)})`;
    if (one.value !== value) return `with different serdes for the value (${serdeNames(one.value, value)})`;
  }
  return undefined;
};

const readTwice = (topic: string, one: RegisteredSource, other: Omit<RegisteredSource, 'node'>): TopologyError =>
  new TopologyError(
    `topic "${topic}" is read twice, ${difference(one, other) ?? 'by global tables'}: read it once and use that twice`,
    { topic },
  );

import { TopologyError } from '../graph/errors.js';
import type { NodeId, SourceNode } from '../graph/node.js';
import { type SourceOptions, type SourceTopics, sourceNode } from '../graph/source-and-sink.js';
import type { AnyTopic } from '../graph/topic.js';
import { type Chain, type ChainPosition, stepName } from './chain.js';
import type { Named } from './options.js';

/** A source that was registered, so that its topics are read once. */
interface RegisteredSource {
  readonly as: 'stream' | 'table' | 'globalTable';
  readonly topics: string;
  readonly node: NodeId;
  readonly options: Named & SourceOptions;
  readonly serdes: string;
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
    const first = 'pattern' in topics || 'name' in topics ? topics : topics[0];
    const serdes = `${first?.key.name} and ${first?.value.name}`;
    const source = { as, topics: names.join(' '), options, serdes };
    const known = this.#find(names, source);
    const node = known ?? stepName(chain, as === 'table' ? 'table-source' : 'source', options.name).id;
    if (known === undefined) {
      chain.graph.append(sourceNode(node, topics, { ...options, nulls }));
      for (const name of names) this.#byTopic.set(name, { ...source, node });
    }
    return { chain, node, key: { serde: first?.key }, value: { serde: first?.value }, partitioned: true };
  }

  /** Registers the topic of a global table; refuses one that is read already. */
  global({ name, key, value }: AnyTopic, node: NodeId): void {
    const source = { as: 'globalTable', topics: name, options: {}, serdes: `${key.name} and ${value.name}` } as const;
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
  if (one.serdes !== other.serdes) return `with the serdes ${one.serdes}, then ${other.serdes}`;
  if (JSON.stringify(one.options.from) !== JSON.stringify(other.options.from)) return 'from different places';
  if (one.options.timestamp !== other.options.timestamp) return 'with different timestamp extractors';
  const { name } = other.options;
  return name === undefined || name === one.node ? undefined : `under the names "${one.node}" and "${name}"`;
};

const readTwice = (topic: string, one: RegisteredSource, other: Omit<RegisteredSource, 'node'>): TopologyError =>
  new TopologyError(
    `topic "${topic}" is read twice, ${difference(one, other) ?? 'by global tables'}: read it once and use that twice`,
    { topic },
  );

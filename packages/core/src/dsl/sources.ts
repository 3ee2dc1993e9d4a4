import { type SourceOptions, type SourceTopics, sourceNode } from '../graph/endpoints.js';
import { TopologyError } from '../graph/errors.js';
import type { NodeId, SourceNode } from '../graph/node.js';
import type { AnyTopic } from '../graph/topic.js';
import type { Named } from './operator.js';
import { type Chain, type ChainPosition, stepName } from './position.js';

/** How a topic is read. */
type Reading = 'stream' | 'table' | 'globalTable';

/** What was read before, so that it is read once. */
interface Read {
  readonly as: Reading;
  readonly topics: string;
  readonly node: NodeId;
  readonly options: Named & SourceOptions;
  readonly serdes: string;
}

/** The sources of an application. Each topic is read by one node, however often the chain begins with it. */
export class Sources {
  readonly #chain: Chain;
  readonly #read = new Map<string, Read>();

  constructor(chain: Chain) {
    this.#chain = chain;
  }

  /** Where a chain stands behind the source of these topics. */
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
    const reading = { as, topics: names.join(' '), options, serdes };
    const known = this.#known(names, reading);
    const node = known ?? stepName(chain, as === 'table' ? 'table-source' : 'source', options.name).id;
    if (known === undefined) {
      chain.graph.append(sourceNode(node, topics, { ...options, nulls }));
      for (const name of names) this.#read.set(name, { ...reading, node });
    }
    return { chain, node, key: { serde: first?.key }, value: { serde: first?.value }, partitioned: true };
  }

  /** Notes that a topic is read by a global table, and refuses one that is read already. */
  global({ name, key, value }: AnyTopic, node: NodeId): void {
    const reading = { as: 'globalTable', topics: name, options: {}, serdes: `${key.name} and ${value.name}` } as const;
    const known = this.#read.get(name);
    if (known !== undefined) throw readTwice(name, known, reading);
    this.#read.set(name, { ...reading, node });
  }

  /** The node that reads these topics in this very way; refuses any that is read in another. */
  #known(names: readonly string[], reading: Omit<Read, 'node'>): NodeId | undefined {
    for (const name of names) {
      const known = this.#read.get(name);
      if (known === undefined) continue;
      if (difference(known, reading) === undefined) return known.node;
      throw readTwice(name, known, reading);
    }
    return undefined;
  }
}

const namesOf = <K, V>(topics: SourceTopics<K, V>): readonly string[] => {
  if ('pattern' in topics) return [String(topics.pattern)];
  return 'name' in topics ? [topics.name] : topics.map(({ name }) => name);
};

/** In what two readings of a topic differ, if in anything. */
const difference = (one: Read, other: Omit<Read, 'node'>): string | undefined => {
  if (one.as !== other.as) return `as a ${one.as} and as a ${other.as}`;
  if (one.topics !== other.topics) return 'together with other topics';
  if (one.serdes !== other.serdes) return `with the serdes ${one.serdes}, then ${other.serdes}`;
  if (JSON.stringify(one.options.from) !== JSON.stringify(other.options.from)) return 'from different places';
  if (one.options.timestamp !== other.options.timestamp) return 'with different timestamp extractors';
  const { name } = other.options;
  return name === undefined || name === one.node ? undefined : `under the names "${one.node}" and "${name}"`;
};

const readTwice = (topic: string, one: Read, other: Omit<Read, 'node'>): TopologyError =>
  new TopologyError(
    `topic "${topic}" is read twice, ${difference(one, other) ?? 'by global tables'}: read it once and use that twice`,
    { topic },
  );

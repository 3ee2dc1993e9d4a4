import { type AnySerde, ConfigError, type Plan } from '@kstreams/core/graph';
import { boolean, bytes, double, int32, int64, json, nullable, string } from '@kstreams/serde';

const named = { string, json: json<unknown>(), bytes, int32, int64, double, boolean };

/** The names of serdes that options take. */
export const serdeNames = Object.keys(named);

/** Returns the serde of a name, which passes null on. */
const serdeNamed = (name: string): AnySerde => {
  const serde: AnySerde | undefined = named[name as keyof typeof named];
  if (serde === undefined) throw new ConfigError(`there is no serde "${name}": use one of ${serdeNames.join(', ')}`);
  return nullable(serde);
};

/** The serdes of the keys and values of a topic. */
export interface TopicSerdes {
  readonly key: AnySerde;
  readonly value: AnySerde;
}

/** Returns the serdes of a topic: those of an application, if one is given, or those of the names. */
export const topicSerdes = (
  { key, value }: { readonly key: string; readonly value: string },
  topic: string,
  plan: Plan | '' | undefined,
): TopicSerdes => (plan ? serdesOf(plan, topic) : { key: serdeNamed(key), value: serdeNamed(value) });

/**
 * Returns the serdes with which a topology reads or writes a topic.
 *
 * @throws ConfigError when it does neither.
 */
const serdesOf = (plan: Plan, topic: string): TopicSerdes => {
  for (const global of plan.globals) if (global.topic === topic) return global;
  for (const { nodes, sources } of plan.subtopologies) {
    for (const { key, topics, value, valueByTopic } of sources) {
      const matches = topics instanceof RegExp ? topics.test(topic) : topics.includes(topic);
      if (matches) return { key, value: valueByTopic?.get(topic) ?? value };
    }
    for (const node of nodes) if (node.kind === 'sink' && node.topic === topic) return node;
  }
  throw new ConfigError(`application "${plan.name}" neither reads nor writes topic "${topic}": pass --key and --value`);
};

import { type AnySerde, ConfigError, type Plan, planTopology } from '@kstreams/core/graph';
import { boolean, bytes, double, int32, int64, json, nullable, string } from '@kstreams/serde';
import { type Command, Option } from 'commander';
import { loadTopology } from './load-topology.js';

const named = { string, json: json<unknown>(), bytes, int32, int64, double, boolean };

const serdeNames = Object.keys(named);

/** Returns the serde of a name, one of the choices of the options, which passes null on. */
const serdeNamed = (name: string): AnySerde => nullable(named[name as keyof typeof named] as AnySerde);

/** The serdes of the keys and values of a topic. */
export interface TopicSerdes {
  readonly key: AnySerde;
  readonly value: AnySerde;
}

/** The options that choose the serdes of a topic. */
export interface SerdeOptions {
  /** A module that exports the application whose serdes are taken. */
  readonly topology?: string;
  /** The names of serdes, without an application. */
  readonly key: string;
  readonly value: string;
}

/** Adds the options that choose the serdes of a topic to a command. */
export const serdeOptions = (command: Command): Command =>
  command
    .option('--topology <file>', 'take the serdes that the application of a module has for the topic')
    .addOption(new Option('--key <serde>', 'serde of keys').choices(serdeNames).default('string'))
    .addOption(new Option('--value <serde>', 'serde of values').choices(serdeNames).default('string'));

/**
 * Returns the serdes of a topic that the options choose.
 *
 * @throws ConfigError when the application neither reads nor writes the topic.
 */
export const topicSerdes = async (topic: string, { key, topology, value }: SerdeOptions): Promise<TopicSerdes> =>
  topology === undefined
    ? { key: serdeNamed(key), value: serdeNamed(value) }
    : serdesOf(planTopology(await loadTopology(topology)), topic);

/**
 * Returns the serdes with which a topology reads or writes a topic.
 *
 * @throws ConfigError when it does neither.
 */
export const serdesOf = (plan: Plan, topic: string): TopicSerdes => {
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

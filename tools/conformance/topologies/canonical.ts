import { createHash } from 'node:crypto';
import type { Structure, TopicSettings } from './structure.js';

/** A structure as texts that do not depend on the names of internal topics. */
export interface Canonical {
  readonly lines: readonly string[];
  /** Groups of copartitioned topics, merged so that no two share a topic. */
  readonly groups: readonly (readonly string[])[];
}

/**
 * Names internal topics by their writers and readers, round after round until all distinct topics differ, and then by
 * that order.
 */
export const canonical = (structure: Structure): Canonical => {
  let topics = new Map([...structure.repartitions].map(([name, settings]) => [name, settingsText(settings)]));
  for (let round = 0; round <= structure.subtopologies.length; round++) topics = refined(structure, topics);
  const ranked = [...new Set(topics.values())].sort();
  const named = new Map([...topics].map(([name, text]) => [name, `repartition ${ranked.indexOf(text) + 1}`]));
  const settings = [...structure.repartitions].map(([name, config]) => `${named.get(name)}: ${settingsText(config)}`);
  const groups = mergedGroups(structure.copartitions).map((group) =>
    group.map((name) => named.get(name) ?? name).sort(),
  );
  return { lines: [...parts(structure, named), ...settings].sort(), groups };
};

/** Merges groups that share a topic, and omits groups of one topic. */
const mergedGroups = (groups: Structure['copartitions']): string[][] => {
  const united: string[][] = [];
  for (const group of groups) {
    const touching = united.filter((other) => other.some((topic) => group.includes(topic)));
    for (const other of touching) united.splice(united.indexOf(other), 1);
    united.push([...new Set([...group, ...touching.flat()])]);
  }
  return united.filter(({ length }) => length > 1);
};

type TopicTexts = ReadonlyMap<string, string>;

const refined = (structure: Structure, topics: TopicTexts): Map<string, string> => {
  const described = parts(structure, topics);
  const refine = ([name, text]: readonly [string, string]): [string, string] => {
    const written = described.filter((_, i) => structure.subtopologies[i]?.sinks.includes(name));
    const read = described.filter((_, i) => structure.subtopologies[i]?.sources.includes(name));
    const identity = JSON.stringify([text, written.sort(), read.sort()]);
    return [name, createHash('sha1').update(identity).digest('hex')];
  };
  return new Map([...topics].map(refine));
};

const parts = ({ subtopologies }: Structure, topics: TopicTexts): string[] =>
  subtopologies.map(
    ({ sources, sinks, changelogs, sourceChangelogs }) =>
      `reads ${listed(sources, topics)}, writes ${listed(sinks, topics)}, ` +
      `keeps [${changelogs.map(settingsText).sort().join('; ')}], restores from ${listed(sourceChangelogs, topics)}`,
  );

/** Returns each topic once. */
const listed = (names: readonly string[], topics: TopicTexts): string =>
  `[${[...new Set(names)]
    .map((name) => topics.get(name) ?? name)
    .sort()
    .join(', ')}]`;

/** Returns the settings of a topic that Kafka Streams sets too: not that of deletes, nor those of timestamps. */
const settingsText = (settings: TopicSettings): string =>
  Object.entries(settings)
    .map(([name, value]) => `${name}=${value}`)
    .filter((setting) => !/^(message\.timestamp|delete\.retention)\./.test(setting))
    .sort()
    .join(' ');

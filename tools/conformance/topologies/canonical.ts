import { createHash } from 'node:crypto';
import type { Structure, TopicSettings } from './structure.js';

/**
 * A structure as lines of text that do not depend on the names of internal topics. Each of those is told by what writes
 * it, what reads it and what it must be divided like, round after round until what can be told apart is, and then named
 * by the order of that.
 */
export const canonical = (structure: Structure): readonly string[] => {
  let topics = new Map([...structure.repartitions].map(([name, settings]) => [name, shown(settings)]));
  for (let round = 0; round <= structure.subtopologies.length; round++) topics = refined(structure, topics);
  const ranked = [...new Set(topics.values())].sort();
  const named = new Map([...topics].map(([name, told]) => [name, `repartition ${ranked.indexOf(told) + 1}`]));
  const settings = [...structure.repartitions].map(([name, config]) => `${named.get(name)}: ${shown(config)}`);
  return [...parts(structure, named), ...groups(structure, named), ...settings].sort();
};

type Told = ReadonlyMap<string, string>;

const refined = (structure: Structure, topics: Told): Map<string, string> => {
  const [parted, grouped] = [parts(structure, topics), groups(structure, topics)];
  const refine = ([name, told]: readonly [string, string]): [string, string] => {
    const written = parted.filter((_, i) => structure.subtopologies[i]?.sinks.includes(name));
    const read = parted.filter((_, i) => structure.subtopologies[i]?.sources.includes(name));
    const meeting = grouped.filter((_, i) => structure.copartitions[i]?.includes(name));
    const text = JSON.stringify([told, written.sort(), read.sort(), meeting.sort()]);
    return [name, createHash('sha1').update(text).digest('hex')];
  };
  return new Map([...topics].map(refine));
};

const parts = ({ subtopologies }: Structure, topics: Told): string[] =>
  subtopologies.map(
    ({ sources, sinks, changelogs, sourceChangelogs }) =>
      `reads ${listed(sources, topics)}, writes ${listed(sinks, topics)}, ` +
      `keeps [${changelogs.map(shown).sort().join('; ')}], restores from ${listed(sourceChangelogs, topics)}`,
  );

const groups = ({ copartitions }: Structure, topics: Told): string[] =>
  copartitions.map((group) => `divided equally: ${listed(group, topics)}`);

/** Topics, each once. */
const listed = (names: readonly string[], topics: Told): string =>
  `[${[...new Set(names)]
    .map((name) => topics.get(name) ?? name)
    .sort()
    .join(', ')}]`;

/** The settings of a topic, but that its timestamps are those of its records, as they are everywhere. */
const shown = (settings: TopicSettings): string =>
  Object.entries(settings)
    .map(([name, value]) => `${name}=${value}`)
    .filter((setting) => setting !== 'message.timestamp.type=CreateTime')
    .sort()
    .join(' ');

import { createHash } from 'node:crypto';
import type { Structure, TopicSettings } from './structure.js';

/** A structure as texts that do not depend on the names of internal topics. */
export interface Canonical {
  readonly lines: readonly string[];
  /** Topics that must be equally divided, as told in the lines: each group whole, so that no two share a topic. */
  readonly groups: readonly (readonly string[])[];
}

/**
 * Tells each internal topic by what writes it and what reads it, round after round until what can be told apart is, and
 * then names it by the order of that.
 */
export const canonical = (structure: Structure): Canonical => {
  let topics = new Map([...structure.repartitions].map(([name, settings]) => [name, shown(settings)]));
  for (let round = 0; round <= structure.subtopologies.length; round++) topics = refined(structure, topics);
  const ranked = [...new Set(topics.values())].sort();
  const named = new Map([...topics].map(([name, told]) => [name, `repartition ${ranked.indexOf(told) + 1}`]));
  const settings = [...structure.repartitions].map(([name, config]) => `${named.get(name)}: ${shown(config)}`);
  const groups = whole(structure.copartitions).map((group) => group.map((name) => named.get(name) ?? name).sort());
  return { lines: [...parts(structure, named), ...settings].sort(), groups };
};

/** Groups that share a topic as one, without those of a single topic, which say nothing. */
const whole = (groups: Structure['copartitions']): string[][] => {
  const united: string[][] = [];
  for (const group of groups) {
    const touching = united.filter((other) => other.some((topic) => group.includes(topic)));
    for (const other of touching) united.splice(united.indexOf(other), 1);
    united.push([...new Set([...group, ...touching.flat()])]);
  }
  return united.filter(({ length }) => length > 1);
};

type Told = ReadonlyMap<string, string>;

const refined = (structure: Structure, topics: Told): Map<string, string> => {
  const parted = parts(structure, topics);
  const refine = ([name, told]: readonly [string, string]): [string, string] => {
    const written = parted.filter((_, i) => structure.subtopologies[i]?.sinks.includes(name));
    const read = parted.filter((_, i) => structure.subtopologies[i]?.sources.includes(name));
    const text = JSON.stringify([told, written.sort(), read.sort()]);
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

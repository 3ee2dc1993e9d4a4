import type { DataSet, InputChoice, SourceTopic } from '../run/messages.js';
import { dataSets } from './data.js';
import type { Shape } from './shape.js';

/** How many records of a set are taken unless told otherwise. */
export const usualCount: Readonly<Record<DataSet, number>> = {
  flights: 400,
  airports: 2_000,
  earthquakes: 300,
  stocks: 560,
  words: 6,
};

/** What suits a topic nobody has chosen an input for: data of its name, else words or numbers as its serde says. */
export const suit = (topic: SourceTopic): InputChoice => {
  for (const set of ['flights', 'airports', 'earthquakes', 'stocks'] as const) {
    if (topic.value === 'json' && dataSets[set].fits.test(topic.name))
      return { kind: 'data', set, count: usualCount[set] };
  }
  if (topic.value.startsWith('string') && /line|text|word|sentence/i.test(topic.name)) {
    return { kind: 'data', set: 'words', count: usualCount.words };
  }
  return { kind: 'generator', generator: { ...usualGenerator, shape: shapeOf(topic.value) } };
};

/** How records are made up unless told otherwise. */
export const usualGenerator = { keys: 3, count: 60, rate: 1, outOfOrder: 0.1, late: 0.02, seed: 1 } as const;

/** What values a serde writes, as far as its name tells; the editor tells more of JSON. */
const shapeOf = (serde: string): Shape => {
  if (/^(string|nullable string)/.test(serde)) return { kind: 'string' };
  if (/^(count|double|int32|int64)/.test(serde)) return { kind: 'number' };
  if (serde === 'boolean') return { kind: 'boolean' };
  return { kind: 'unknown' };
};

import type { DataSet, InputChoice, SourceTopic } from '../run/messages.js';
import { dataSets } from './data.js';
import type { Shape } from './shape.js';

/** Default number of records taken from each set. */
export const defaultCounts: Readonly<Record<DataSet, number>> = {
  flights: 400,
  airports: 2_000,
  earthquakes: 300,
  stocks: 560,
  words: 6,
};

/** Returns the default input of a topic: a data set that matches its name, else generated values for its serde. */
export const defaultInput = (topic: SourceTopic): InputChoice => {
  for (const set of ['flights', 'airports', 'earthquakes', 'stocks'] as const) {
    if (topic.value === 'json' && dataSets[set].fits.test(topic.name))
      return { kind: 'data', set, count: defaultCounts[set] };
  }
  if (topic.value.startsWith('string') && /line|text|word|sentence/i.test(topic.name)) {
    return { kind: 'data', set: 'words', count: defaultCounts.words };
  }
  return { kind: 'generator', generator: { ...defaultGenerator, shape: shapeOf(topic.value) } };
};

/** Default options of a generator. */
export const defaultGenerator = { keys: 3, count: 60, rate: 1, outOfOrder: 0.1, late: 0.02, seed: 1 } as const;

/** Shape of a serde's values by its name; JSON is unknown here, and the editor infers it from the type. */
const shapeOf = (serde: string): Shape => {
  if (/^(string|nullable string)/.test(serde)) return { kind: 'string' };
  if (/^(count|double|int32|int64)/.test(serde)) return { kind: 'number' };
  if (serde === 'boolean') return { kind: 'boolean' };
  return { kind: 'unknown' };
};

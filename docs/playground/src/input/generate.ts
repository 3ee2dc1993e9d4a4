import type { Generator, InputChoice, InputRecord } from '../run/messages.js';
import { seeded } from './random.js';
import { keysOf, randomValue, type Shape } from './shape.js';

/** Event time of the first generated record, in ms: a Monday at midnight, UTC. */
export const beginning = Date.UTC(2026, 0, 5);

/** True for a generator without a shape for its values: it makes no records. */
export const hasUnknownShape = (choice: InputChoice): boolean =>
  choice.kind === 'generator' && (choice.generator.shape as Shape).kind === 'unknown';

/** Generates records in order of arrival. Returns none while the shape of the values is unknown. */
export const generate = (topic: string, generator: Generator): readonly InputRecord[] => {
  const { count, keys, late, outOfOrder, rate, seed } = generator;
  if ((generator.shape as Shape).kind === 'unknown') return [];
  const random = seeded(seed);
  const names = keysOf(Math.max(1, keys));
  const gap = 1_000 / Math.max(rate, 0.001);
  const made: { readonly at: number; readonly arrives: number; readonly record: InputRecord }[] = [];
  for (let i = 0; i < count; i++) {
    const at = Math.round(beginning + i * gap + random() * gap);
    const lot = random();
    const delay = lot < late ? gap * (20 + random() * 40) : lot < late + outOfOrder ? gap * (1 + random() * 4) : 0;
    const key = names[Math.floor(random() * names.length)];
    const value = randomValue(generator.shape as Shape, random, topic);
    made.push({ at, arrives: at + delay, record: { topic, key, value, timestamp: at } });
  }
  return made.sort((a, b) => a.arrives - b.arrives).map(({ record }) => record);
};

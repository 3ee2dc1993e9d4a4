import type { Generator, InputRecord } from '../run/messages.js';
import { seeded } from './random.js';
import { keysOf, makeUp, type Shape } from './shape.js';

/** Where made-up event time begins: a Monday at midnight, UTC. */
export const beginning = Date.UTC(2026, 0, 5);

/** Records that a generator makes up, in the order in which they come in; none while nobody knows what they look like. */
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
    const value = makeUp(generator.shape as Shape, random, topic);
    made.push({ at, arrives: at + delay, record: { topic, key, value, timestamp: at } });
  }
  return made.sort((a, b) => a.arrives - b.arrives).map(({ record }) => record);
};

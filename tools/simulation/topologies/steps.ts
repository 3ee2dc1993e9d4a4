/** Steps with at most one row per key, both as part of a chain and as plain code over an array. */
import type { Random } from '@kstreams/simulation';
import { type Stream, string } from 'kstreams';
import { asyncStep } from './async-steps.js';
import { type Item, items, sum } from './item.js';

/** A record as plain code. */
export interface Plain {
  readonly key: string;
  readonly value: Item;
  readonly timestamp: number;
}

/** A stream of items. */
export type Keyed = Stream<string, Item>;

/** Resolves when the simulated call completes. */
export type Pause = () => Promise<void>;

/** A step in both forms. */
export interface Step {
  readonly name: string;
  readonly chain: (stream: Keyed, pause: Pause) => Keyed;
  readonly plain: (records: readonly Plain[]) => readonly Plain[];
  /** False if records of a key may overtake each other. */
  readonly ordered: boolean;
}

const twice = ({ ids }: Item): Item => ({ ids: [...ids].reverse() });
const otherKey = (value: Item): string => `g${sum(value) % 4}`;

const filtered: Step = {
  name: 'filter',
  chain: (stream) => stream.filter((value) => sum(value) % 5 !== 0),
  plain: (records) => records.filter(({ value }) => sum(value) % 5 !== 0),
  ordered: true,
};
const mapped: Step = {
  name: 'mapValues',
  chain: (stream) => stream.mapValues(twice, { value: items }),
  plain: (records) => records.map((one) => ({ ...one, value: twice(one.value) })),
  ordered: true,
};
const flattened: Step = {
  name: 'flatMapValues',
  chain: (stream) =>
    stream.flatMapValues((value) => (sum(value) % 3 === 0 ? [value, value] : [value]), { value: items }),
  plain: (records) => records.flatMap((one) => (sum(one.value) % 3 === 0 ? [one, one] : [one])),
  ordered: true,
};
const rekeyed: Step = {
  name: 'selectKey',
  chain: (stream) => stream.selectKey(otherKey, { key: string }),
  plain: (records) => records.map((one) => ({ ...one, key: otherKey(one.value) })),
  ordered: false,
};
const repartitioned: Step = {
  name: 'repartition',
  chain: (stream) => stream.repartition(),
  plain: (records) => records,
  ordered: true,
};

/** Draws a sequence of steps; at most one goes through a topic. */
export const someSteps = (random: Random, limit: number): readonly Step[] => {
  const steps = Array.from({ length: random.below(limit + 1) }, () =>
    random.chance(0.35) ? asyncStep(random) : random.pick([filtered, mapped, flattened, rekeyed, repartitioned]),
  );
  const first = steps.indexOf(repartitioned);
  return steps.filter((step, i) => step !== repartitioned || i === first);
};

/** Returns all steps as one. */
export const inRow = (steps: readonly Step[]): Omit<Step, 'name'> => ({
  chain: (stream, pause) => steps.reduce((chained, step) => step.chain(chained, pause), stream),
  plain: (records) => steps.reduce((result, step) => step.plain(result), records),
  ordered: steps.every(({ ordered }) => ordered),
});

/** Returns the name of a chain. */
export const nameOf = (before: readonly Step[], kind: string, after: readonly Step[] = []): string =>
  [...before.map(({ name }) => name), kind, ...after.map(({ name }) => name)].join(' → ');

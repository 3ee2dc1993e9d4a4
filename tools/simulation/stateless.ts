/** Steps that keep nothing, each as part of a chain and as plain code over an array. */
import type { Random } from '@kstreams/testing';
import { type Stream, string } from 'kstreams';
import { type Item, items } from './item.js';

/** A record as plain code sees it. */
export interface Plain {
  readonly key: string;
  readonly value: Item;
  readonly timestamp: number;
}

/** A step, twice. */
export interface Step {
  readonly name: string;
  readonly chain: (stream: Stream<string, Item>) => Stream<string, Item>;
  readonly plain: (records: readonly Plain[]) => readonly Plain[];
}

const sum = ({ ids }: Item): number => ids.reduce((total, id) => total + id, 0);
const twice = ({ ids }: Item): Item => ({ ids: [...ids].reverse() });
const otherKey = (value: Item): string => `g${sum(value) % 4}`;

const filtered: Step = {
  name: 'filter',
  chain: (stream) => stream.filter((value) => sum(value) % 5 !== 0),
  plain: (records) => records.filter(({ value }) => sum(value) % 5 !== 0),
};
const mapped: Step = {
  name: 'mapValues',
  chain: (stream) => stream.mapValues(twice, { value: items }),
  plain: (records) => records.map((one) => ({ ...one, value: twice(one.value) })),
};
const flattened: Step = {
  name: 'flatMapValues',
  chain: (stream) =>
    stream.flatMapValues((value) => (sum(value) % 3 === 0 ? [value, value] : [value]), { value: items }),
  plain: (records) => records.flatMap((one) => (sum(one.value) % 3 === 0 ? [one, one] : [one])),
};
const rekeyed: Step = {
  name: 'selectKey',
  chain: (stream) => stream.selectKey(otherKey, { key: string }),
  plain: (records) => records.map((one) => ({ ...one, key: otherKey(one.value) })),
};
const repartitioned: Step = {
  name: 'repartition',
  chain: (stream) => stream.repartition({ name: 'moved' }),
  plain: (records) => records,
};

/** Some steps in a row; at most one of them goes through a topic. */
export const someSteps = (random: Random, limit: number): readonly Step[] => {
  const steps = Array.from({ length: random.below(limit + 1) }, () =>
    random.pick([filtered, mapped, flattened, rekeyed, repartitioned]),
  );
  const first = steps.indexOf(repartitioned);
  return steps.filter((step, i) => step !== repartitioned || i === first);
};

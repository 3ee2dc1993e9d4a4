/** Async steps: their calls complete in any order, fail now and then, or time out. */
import type { Random } from '@kstreams/simulation';
import type { AsyncOptions } from 'kstreams';
import type { AsyncCall } from 'kstreams/authors';
import { both, type Item, items, sum } from './item.js';
import type { Plain, Step } from './steps.js';

/** Draws the concurrency, order and failures of calls. */
const randomOptions = (random: Random): AsyncOptions => {
  const order = random.pick(['key', 'key', 'partition', 'none'] as const);
  const hasty = random.chance(0.2);
  return {
    order,
    concurrency: random.pick([1, 3, 16]),
    retry: { attempts: hasty ? 1_000 : 3, backoff: random.pick([1, 20]) },
    buffer: { records: random.pick([3, 12, 2_000]) },
    ...(hasty && { timeout: 15 }),
    ...(random.chance(0.1) && { perSecond: 400 }),
  };
};

/** Fails some calls at their first attempt. */
const fails = (value: Item, { attempt }: AsyncCall): boolean => attempt === 1 && sum(value) % 7 === 0;

const check = (value: Item, call: AsyncCall): void => {
  if (fails(value, call)) throw new Error('the call fails at first');
};

type Kind = (options: AsyncOptions) => Pick<Step, 'chain' | 'plain'>;

const same = (records: readonly Plain[]): readonly Plain[] => records;

const mapped: Kind = (options) => ({
  chain: (stream, pause) =>
    stream.mapAsync(
      async (value, _, call) => {
        await pause();
        check(value, call);
        return value;
      },
      { ...options, value: items },
    ),
  plain: same,
});
const flattened: Kind = (options) => ({
  chain: (stream, pause) =>
    stream.flatMapAsync(
      async (value, _, call) => {
        await pause();
        check(value, call);
        return sum(value) % 3 === 0 ? [value, value] : [value];
      },
      { ...options, value: items },
    ),
  plain: (records) => records.flatMap((one) => (sum(one.value) % 3 === 0 ? [one, one] : [one])),
});
const filtered: Kind = (options) => ({
  chain: (stream, pause) =>
    stream.filterAsync(async (value, _, call) => {
      await pause();
      check(value, call);
      return sum(value) % 5 !== 0;
    }, options),
  plain: (records) => records.filter(({ value }) => sum(value) % 5 !== 0),
});
const batched: Kind = (options) => ({
  chain: (stream, pause) =>
    stream.mapBatch(
      async (values, _, call) => {
        await pause();
        return values.map((value) => (fails(value, call) ? new Error('one of the batch fails at first') : value));
      },
      { ...options, maxSize: 4, maxWait: 10, value: items },
    ),
  plain: same,
});
const kept: Kind = ({ order: _, ...options }) => ({
  chain: (stream, pause) =>
    stream.processAsync(
      async (value, _, call) => {
        await pause();
        check(value, call);
        call.state.set({ ids: both(call.state.get(), value).ids.slice(-20) });
        return value;
      },
      { ...options, state: items, value: items },
    ),
  plain: same,
});

const kinds = {
  mapAsync: mapped,
  flatMapAsync: flattened,
  filterAsync: filtered,
  mapBatch: batched,
  processAsync: kept,
};

/** Draws an async step. */
export const asyncStep = (random: Random): Step => {
  const options = randomOptions(random);
  const name = random.pick(Object.keys(kinds) as (keyof typeof kinds)[]);
  const order = name === 'processAsync' ? 'key' : options.order;
  return { name: `${name} by ${order}`, ordered: order !== 'none', ...kinds[name](options) };
};

/** Windows that the compiler accepts and refuses (checked by `npm run types`), and windows refused when built. */
import { describe, expect, test } from '@jest/globals';
import { type Stream, streams, type Table } from '@kstreams/core/dsl';
import { ConfigError, type Serde, topic } from '@kstreams/core/graph';
import { double, int32, string } from '@kstreams/serde';
import { same } from '@kstreams/test-support/type-of';
import { grouped, type Order, orders, zero } from '../test/orders.js';
import { hopping, tumbling, type Windowed, type WindowedStream, windowed } from './index.js';

describe('a grouped stream', () => {
  test('is cut into windows; their tables have a row per key and window', () => {
    const group = grouped();
    const hours = group.window(tumbling('1h', { grace: '5m', emit: 'on-close' }));
    same<typeof hours, WindowedStream<string, Order, never>>(true);
    const totals = hours.aggregate(
      () => 0,
      (sum, order, key) => {
        same<[typeof sum, typeof order, typeof key], [number, Order, string]>(true);
        return sum + order.total;
      },
      { value: double },
    );
    same<typeof totals, Table<Windowed<string>, number, never>>(true);
    const largest = group
      .window(hopping('1h', { advance: '10m' }))
      .reduce((aggregate, order) => (aggregate.total > order.total ? aggregate : order));
    same<typeof largest, Table<Windowed<string>, Order, never>>(true);
    const counts = hours.count({ name: 'counts' });
    same<typeof counts, Table<Windowed<string>, number, never>>(true);
    const stream = counts.toStream();
    same<typeof stream, Stream<Windowed<string>, number>>(true);
    expect(totals).not.toBe(counts);
  });

  test('goes to a topic of windowed keys only', () => {
    const counts = grouped().window(tumbling('1h')).count().toStream();
    counts.to(topic('counts', { key: windowed(string), value: double }));
    // @ts-expect-error its keys are windowed
    counts.to(topic('plain', { key: string, value: double }));
    // @ts-expect-error its keys are texts in windows
    counts.to(topic('numbered', { key: windowed(int32), value: double }));
    // @ts-expect-error its values are numbers
    counts.to(topic('texts', { key: windowed(string), value: string }));
    const key = windowed(string);
    same<typeof key, Serde<Windowed<string>>>(true);
    expect(key.name).toBe('windowed string');
  });

  test('refuses an aggregator that does not fit or is async', () => {
    const hours = grouped().window(tumbling('1h'));
    const asDouble = { value: double };
    // @ts-expect-error an order is not a number
    hours.aggregate(zero, (sum, order: number) => sum + order, asDouble);
    // @ts-expect-error it begins with a text and goes on with a number
    hours.aggregate(String, (_, order) => order.total, asDouble);
    // @ts-expect-error the serde is of texts
    hours.aggregate(zero, (sum, order) => sum + order.total, { value: string });
    // @ts-expect-error nobody awaits the promise
    expect(() => hours.aggregate(zero, async (sum, order) => sum + order.total, asDouble)).toThrow('returns a promise');
    // @ts-expect-error an order is reduced to an order
    hours.reduce((aggregate, order) => aggregate.total + order.total);
    // @ts-expect-error nobody awaits the promise
    expect(() => hours.reduce(async (aggregate) => aggregate)).toThrow('the function of reduce returns a promise');
    // @ts-expect-error counts are numbers
    hours.count({ value: string });
    expect(() => hours.aggregate(zero, (sum) => sum)).toThrow('needs a serde for the aggregate');
  });
});

test('a stream is cut into windows once it is grouped', () => {
  const stream = streams('shop').stream(orders);
  // @ts-expect-error group it first
  expect(() => stream.window(tumbling('1h'))).toThrow(TypeError);
  // @ts-expect-error a table has no window
  expect(() => streams('shop').table(orders).window(tumbling('1h'))).toThrow(TypeError);
  // @ts-expect-error windows are cut once
  expect(() => grouped().window(tumbling('1h')).window(tumbling('1h'))).toThrow(TypeError);
});

describe('impossible windows are refused in the call', () => {
  test.each<[() => unknown, string]>([
    [() => tumbling(0), 'the size of a tumbling window is 0: make it longer'],
    [() => tumbling(-1), 'the size of a tumbling window is -1, which is not a duration'],
    [() => tumbling(1.5), 'the size of a tumbling window is 1.5, which is not a duration'],
    [() => tumbling(Number.NaN), 'the size of a tumbling window is NaN, which is not a duration'],
    [() => tumbling('1h', { grace: -5 }), 'option "grace" of tumbling is -5: use a duration'],
    [() => tumbling('1m', { retention: '30s' }), 'make the retention at least that long'],
    [() => tumbling('1m', { grace: '1m', retention: '90s' }), 'make the retention at least that long'],
    [() => hopping(0, { advance: 1 }), 'the size of a hopping window is 0: make it longer'],
    [() => hopping('1m', { advance: 0 }), 'the advance of a hopping window is 0: make it longer'],
    [() => hopping('1m', { advance: '2m' }), 'cannot start every 120000 ms'],
  ])('%s', (write, words) => {
    expect(write).toThrow(ConfigError);
    expect(write).toThrow(words);
  });

  test('or is a type error', () => {
    // @ts-expect-error a duration has a unit
    expect(() => tumbling('60')).toThrow(ConfigError);
    // @ts-expect-error hopping windows say how they follow each other
    expect(() => hopping('1m')).toThrow('the options of hopping are missing');
    // @ts-expect-error on update or on close
    expect(() => tumbling('1m', { emit: 'sometimes' })).toThrow('option "emit" of tumbling is "sometimes"');
    // @ts-expect-error tumbling windows follow each other without overlap
    expect(() => tumbling('1m', { advance: '1s' })).toThrow('tumbling has no option "advance": remove it');
  });
});

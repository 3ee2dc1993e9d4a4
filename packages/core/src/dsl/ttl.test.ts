import { describe, expect, test } from '@jest/globals';
import { int32, nullable, string } from '@kstreams/serde';
import { type TestDriver, testDriver } from '@kstreams/testing';
import { type Context, keyValue, record, type StreamRecord, streams, topic } from '../index.js';

const prices = topic('prices', { key: string, value: nullable(int32) });
const orders = topic('orders', { key: string, value: int32 });
const out = topic('out', { key: string, value: nullable(int32) });
const ttl = { after: 100, clock: 'wall' } as const;

const pairs = (driver: TestDriver) =>
  driver
    .output(out)
    .read()
    .map(({ key, value }) => [key, value]);

/** A table of prices with a ttl of 100 ms, written to `out`. */
const priceTable = (options: object = {}) => {
  const app = streams('app');
  app
    .table(prices, { name: 'prices', ttl: 100, ...options })
    .toStream()
    .to(out);
  return app;
};

describe('a table with a ttl', () => {
  test('forwards the delete of a row before the record that ends it', () => {
    const driver = testDriver(priceTable());
    const input = driver.input(prices);
    input.pipe('a', 1, 1_000);
    input.pipe('b', 2, 1_050);
    input.pipe('c', 3, 1_149);
    input.pipe('b', 4, 1_150);
    expect(driver.output(out).read()).toMatchObject([
      { key: 'a', value: 1, timestamp: 1_000 },
      { key: 'b', value: 2, timestamp: 1_050 },
      { key: 'a', value: null, timestamp: 1_100 },
      { key: 'c', value: 3, timestamp: 1_149 },
      { key: 'b', value: null, timestamp: 1_150 },
      { key: 'b', value: 4, timestamp: 1_150 },
    ]);
  });

  test('takes a record that has ended for a delete, and counts it', () => {
    const driver = testDriver(priceTable());
    const input = driver.input(prices);
    input.pipe('a', 1, 1_000);
    input.pipe('a', 2, 900);
    input.pipe('b', 3, 900);
    expect(driver.output(out).read()).toMatchObject([
      { key: 'a', value: 1 },
      { key: 'a', value: null },
    ]);
    expect(driver.drops).toEqual([{ node: 'prices', reason: 'expired', count: 2 }]);
  });

  test('forwards deletes as its emit strategy says', async () => {
    const driver = testDriver(priceTable({ ttl, emit: 'on-commit' }));
    driver.input(prices).pipe('a', 1, 0);
    driver.advance(100);
    driver.input(prices).pipe('b', 2, 100);
    await driver.commit();
    expect(driver.output(out).read()).toMatchObject([{ key: 'b', value: 2 }]);
  });

  test('ends the rows of a stream', () => {
    const app = streams('app');
    app.stream(orders).toTable({ ttl: '100ms' }).toStream().to(out);
    const driver = testDriver(app);
    driver.input(orders).pipe('a', 1, 0);
    driver.input(orders).pipe('b', 2, 100);
    expect(pairs(driver)).toEqual([
      ['a', 1],
      ['a', null],
      ['b', 2],
    ]);
  });

  test('keeps rows far in the future', () => {
    const driver = testDriver(priceTable({ ttl: '10000d' }));
    driver.input(prices).pipe('a', 1, Number.MAX_SAFE_INTEGER - 1);
    expect(driver.view('prices').get('a')).toBe(1);
  });
});

describe('an aggregate with a ttl', () => {
  test('starts again after its end', () => {
    const app = streams('app');
    const group = app.stream(orders).groupByKey();
    group.count({ ttl: 100 }).toStream().to(out);
    const driver = testDriver(app);
    for (const at of [0, 60, 120, 220]) driver.input(orders).pipe('a', 1, at);
    expect(pairs(driver)).toEqual([
      ['a', 1],
      ['a', 2],
      ['a', 3],
      ['a', null],
      ['a', 1],
    ]);
  });

  test('drops a record of which the row would have ended', () => {
    const app = streams('app');
    app
      .stream(orders)
      .groupByKey()
      .reduce((a, b) => a + b, { ttl: 100 })
      .toStream()
      .to(out);
    const driver = testDriver(app);
    driver.input(orders).pipe('a', 1, 500);
    driver.input(orders).pipe('b', 1, 400);
    driver.input(orders).pipe('a', 1, 300);
    expect(pairs(driver)).toEqual([
      ['a', 1],
      ['a', 2],
    ]);
    expect(driver.dropped('expired')).toBe(1);
  });

  test('ends behind an async step before the next result of its key', async () => {
    const app = streams('app');
    app
      .stream(orders)
      .mapAsync(async (value) => value, { value: int32 })
      .groupByKey()
      .cogroup(
        () => 0,
        (sum, value) => sum + value,
      )
      .aggregate({ value: int32, ttl: 100 })
      .toStream()
      .to(out);
    const driver = testDriver(app);
    for (const at of [0, 60, 160]) {
      driver.input(orders).pipe('a', 1, at);
      await driver.settled();
    }
    expect(pairs(driver)).toEqual([
      ['a', 1],
      ['a', 2],
      ['a', null],
      ['a', 1],
    ]);
  });

  test('ends the state of processAsync', async () => {
    const app = streams('app');
    app
      .stream(orders)
      .processAsync(
        async (_, key, { state }) => {
          if (state.get() !== undefined) return undefined;
          state.set(1);
          return key.length;
        },
        { name: 'once', state: int32, value: int32, ttl: 100 },
      )
      .to(out);
    const driver = testDriver(app);
    for (const at of [0, 99, 100]) {
      driver.input(orders).pipe('a', 1, at);
      await driver.settled();
    }
    expect(driver.output(out).read()).toMatchObject([{ timestamp: 0 }, { timestamp: 100 }]);
  });
});

describe('a store with a ttl', () => {
  const seen = keyValue('seen', { key: string, value: int32, ttl });
  const onceIn = (act?: (context: Context<string, number>) => void) => ({
    stores: [seen],
    processor: (context: Context<string, number>) => {
      const rows = context.store(seen);
      act?.(context);
      return ({ key, timestamp, value }: StreamRecord<string, number>): void => {
        if (rows.get(key) !== undefined) return;
        rows.put(key, value, timestamp);
        context.forward(record(key, value, timestamp));
      };
    },
  });

  test('ends its rows without a function for them', () => {
    const app = streams('app');
    app.stream(orders).process(onceIn(), { key: string, value: int32 }).to(out);
    const driver = testDriver(app);
    driver.input(orders).pipe('a', 1, 0);
    driver.advance(99);
    driver.input(orders).pipe('a', 2, 99);
    driver.advance(1);
    driver.input(orders).pipe('a', 3, 100);
    expect(pairs(driver)).toEqual([
      ['a', 1],
      ['a', 3],
    ]);
  });

  test('deletes a row whose function the error policy skips', () => {
    const app = streams('app');
    const fail = (context: Context<string, number>) =>
      context.onExpiry(seen, (key) => {
        throw new Error(`cannot end ${key}`);
      });
    app.stream(orders).process(onceIn(fail), { key: string, value: int32 }).to(out);
    const driver = testDriver(app, { onError: () => 'skip' });
    driver.input(orders).pipe('a', 1, 0);
    driver.advance(100);
    expect(driver.store(seen).get('a')).toBeUndefined();
    expect(driver.dropped('skipped-by-policy')).toBe(1);
  });

  test('is followed by one node', () => {
    const app = streams('app');
    const follow = (context: Context<string, number>) => context.onExpiry(seen, () => {});
    app.stream(orders).process(onceIn(follow), { key: string, value: int32, name: 'first' });
    app.stream(orders).process(onceIn(follow), { key: string, value: int32, name: 'second' });
    expect(() => testDriver(app)).toThrow('"second" follows the ends of rows in "seen" already');
  });

  test('has a ttl to follow', () => {
    const app = streams('app');
    const kept = keyValue('kept', { key: string, value: int32 });
    const stores = [seen, kept];
    const processor = (context: Context<string, number>) => {
      context.onExpiry(kept, () => {});
      return () => {};
    };
    app.stream(orders).process({ processor, stores }, { key: string, value: int32, name: 'step' });
    expect(() => testDriver(app)).toThrow('store "kept" has no ttl: its rows do not end');
  });
});

describe('the options of a ttl', () => {
  test('are described', () => {
    const app = priceTable({ ttl: { after: '1d', clock: 'wall' } });
    const described = app.describe();
    expect(described.toJSON().subtopologies[0]?.stores).toMatchObject([
      { name: 'prices', ttl: { after: 86_400_000, clock: 'wall' }, changelog: { kind: 'own' } },
    ]);
    expect(String(described)).toContain(
      'prices: key-value, string → int32 | null, ttl 86400000 ms by wall time, changelog app-prices-changelog',
    );
  });

  test.each([
    [{ ttl: 0 }, 'the ttl of store "prices" is 0: make it longer'],
    [{ ttl: 'soon' }, 'option "ttl" of table is "soon"'],
    [{ ttl: { after: '1d', clock: 'sun' } }, 'option "ttl.clock" of table is "sun": use \'stream\' or \'wall\''],
    [{ ttl: { clock: 'wall' } }, 'option "ttl.after" of table is missing'],
    [
      { ttl: '1d', history: '1h' },
      'prices has a history and a ttl, which keep rows for different times: leave one out',
    ],
  ])('refuse %j', (options, error) => {
    expect(() => priceTable(options)).toThrow(error);
  });

  test('are refused where a row is computed from others', () => {
    const table = streams('app').table(prices);
    const options = { ttl: '1d' };
    expect(() => table.filter(() => true, options as never)).toThrow('filter has no option "ttl"');
    expect(() => table.groupBy((value, key) => [key, value]).count(options as never)).toThrow('has no option "ttl"');
  });

  test('are refused where the topic is the authority', () => {
    expect(() => keyValue('prices', { key: string, value: int32, sourceTopic: 'prices', ttl: '1d' })).toThrow(
      'store "prices" has a ttl and topic "prices" as its changelog, which would not hold the deletes: leave one out',
    );
    const globally = { name: 'everywhere', ttl: '1d' };
    expect(() => streams('app').globalTable(prices, globally as never)).toThrow('globalTable has no option "ttl"');
  });
});

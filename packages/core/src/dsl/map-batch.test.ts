import { describe, expect, test } from '@jest/globals';
import { string } from '@kstreams/serde';
import { testDriver } from '@kstreams/testing';
import { type BatchOptions, streams, topic } from '../index.js';

const lines = topic('lines', { key: string, value: string });
const loud = topic('loud', { key: string, value: string });

/** A driver with a batch function that returns capitals, and its calls. */
const setUp = (options: BatchOptions, shout = async (values: readonly string[]) => values.map(upper)) => {
  const batches: (readonly string[])[] = [];
  const app = streams('app');
  app
    .stream(lines)
    .mapBatch(
      (values) => {
        batches.push(values);
        return shout(values);
      },
      { ...options, value: string },
    )
    .to(loud);
  const driver = testDriver(app);
  const input = driver.input(lines);
  const values = () =>
    driver
      .output(loud)
      .read()
      .map(({ value }) => value);
  return { batches, driver, input, values };
};

const upper = (text: string): string => text.toUpperCase();

describe('mapBatch', () => {
  test('a batch is sent at its maximum size, or when its first record has waited long enough', async () => {
    const { batches, driver, input, values } = setUp({ maxSize: 3, maxWait: '1s' });
    for (const key of ['a', 'b', 'c', 'd']) input.pipe(key, `${key}1`);
    expect(batches).toEqual([['a1', 'b1', 'c1']]);
    driver.advance(999);
    expect(batches.length).toBe(1);
    driver.advance(1);
    expect(batches).toEqual([['a1', 'b1', 'c1'], ['d1']]);
    await driver.settled();
    expect(values()).toEqual(['A1', 'B1', 'C1', 'D1']);
  });

  test('without a wait a batch is sent once all polled records are in', () => {
    const { batches, input } = setUp({});
    input.pipe('a', 'a1');
    input.pipe('b', 'b1');
    expect(batches).toEqual([['a1'], ['b1']]);
  });

  test('a batch has a maximum of bytes, except for a single larger record', () => {
    const { batches, driver, input } = setUp({ maxBytes: 10, maxWait: '1s', concurrency: 5 });
    input.pipe('a', '1234567');
    input.pipe('b', '1234');
    input.pipe('c', '12345678901234');
    driver.advance('1s');
    expect(batches).toEqual([['1234567'], ['1234'], ['12345678901234']]);
  });

  test('in the order of keys a batch has one record of each key', async () => {
    const { batches, driver, input } = setUp({ maxWait: '1s' });
    for (const [key, value] of [
      ['a', 'a1'],
      ['a', 'a2'],
      ['b', 'b1'],
    ] as const)
      input.pipe(key, value);
    driver.advance('1s');
    await driver.settled();
    driver.advance('1s');
    expect(batches).toEqual([['a1', 'b1'], ['a2']]);
  });

  test('in the order of the partition batches run one after another, and records after a failure are called again', async () => {
    let failing = true;
    const { batches, driver, input, values } = setUp(
      { maxSize: 3, maxWait: '1s', order: 'partition', retry: { attempts: 2, backoff: '5s' } },
      async (texts) => texts.map((text) => (failing && text === 'b1' ? new Error('not yet') : upper(text))) as string[],
    );
    for (const key of ['a', 'b', 'c', 'd']) input.pipe(key, `${key}1`);
    driver.advance('1s');
    await driver.settled();
    expect(values()).toEqual(['A1']);
    failing = false;
    driver.advance('5s');
    await driver.settled();
    driver.advance('1s');
    await driver.settled();
    expect(batches).toEqual([
      ['a1', 'b1', 'c1'],
      ['b1', 'c1', 'd1'],
    ]);
    expect(values()).toEqual(['B1', 'C1', 'D1']);
  });

  test('an error among the results fails that record alone; a rejected call fails all records', async () => {
    let round = 0;
    const { batches, driver, input, values } = setUp(
      { maxSize: 2, retry: { attempts: 3, backoff: '1s' }, order: 'none', maxWait: '1m' },
      async (texts) => {
        round++;
        if (round === 1) throw new Error('down');
        return texts.map((text) => (round === 2 && text === 'b1' ? new Error('no') : upper(text))) as string[];
      },
    );
    input.pipe('a', 'a1');
    input.pipe('b', 'b1');
    await driver.settled();
    driver.advance('1s');
    await driver.settled();
    expect(values()).toEqual(['A1']);
    driver.advance('1s');
    driver.advance('1m');
    await driver.settled();
    expect(values()).toEqual(['B1']);
    expect(batches).toEqual([['a1', 'b1'], ['a1', 'b1'], ['b1']]);
  });

  test('too few results fail the batch', async () => {
    const { driver, input } = setUp({}, async () => []);
    input.pipe('a', 'a1');
    await expect(driver.settled()).rejects.toThrow(
      'the function of map-batch-0 returned 0 results for 1 records: return one result for each, in order',
    );
  });
});

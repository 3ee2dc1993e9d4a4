import { describe, expect, test } from '@jest/globals';
import { double, string } from '@kstreams/serde';
import { deferredCalls } from '@kstreams/test-support/deferred-calls';
import { entries } from '@kstreams/test-support/entries';
import { testDriver } from '@kstreams/testing';
import { type KeyValueStore, streams, topic } from '../index.js';

const lines = topic('lines', { key: string, value: string });
const totals = topic('totals', { key: string, value: double });

/** Adds up lengths that have to be waited for, per key. */
const setUp = (read: (text: string) => Promise<number>) => {
  const app = streams('app');
  app
    .stream(lines)
    .processAsync(
      async (text, _, { state }) => {
        const total = (state.get() ?? 0) + (await read(text));
        if (total < 0) state.delete();
        else state.set(total);
        return total < 0 ? undefined : total;
      },
      { name: 'sums', state: double, value: double, retry: { attempts: 2, backoff: '1s' } },
    )
    .to(totals);
  const driver = testDriver(app);
  const sums = driver.store('sums') as KeyValueStore<string, number>;
  return { driver, input: driver.input(lines), sums };
};

describe('processAsync', () => {
  test('one call at a time per key sees the state of the one before', async () => {
    const calls = deferredCalls<number>();
    const { driver, input, sums } = setUp(calls.call);
    input.pipe('a', 'one', 1);
    input.pipe('a', 'two', 2);
    input.pipe('b', 'six', 3);
    expect(calls.begun).toEqual(['one', 'six']);
    await calls.resolve('one', 1);
    expect(sums.get('a')).toBe(undefined);
    input.pipe('c', 'ten', 4);
    await Promise.resolve();
    input.pipe('d', 'nil', 5);
    await calls.resolve('six', 6);
    await calls.resolve('ten', 10);
    await calls.resolve('nil', 0);
    await calls.resolve('two', 2);
    await driver.settled();
    expect(entries(driver.output(totals).read())).toEqual([
      ['a', 1, 1],
      ['b', 6, 3],
      ['c', 10, 4],
      ['d', 0, 5],
      ['a', 3, 2],
    ]);
    expect(sums.row('a')).toEqual({ value: 3, timestamp: 2 });
  });

  test('a failed attempt writes nothing; undefined forwards nothing; deleted state is gone', async () => {
    const calls = deferredCalls<number>();
    const { driver, input, sums } = setUp(calls.call);
    input.pipe('a', 'one', 1);
    await calls.reject('one');
    await driver.settled();
    expect(sums.get('a')).toBe(undefined);
    driver.advance('1s');
    await calls.resolve('one', 5);
    await driver.settled();
    expect(sums.get('a')).toBe(5);
    input.pipe('a', 'two', 2);
    await calls.resolve('two', -9);
    await driver.settled();
    expect(sums.get('a')).toBe(undefined);
    expect(
      driver
        .output(totals)
        .read()
        .map(({ value }) => value),
    ).toEqual([5]);
  });
});

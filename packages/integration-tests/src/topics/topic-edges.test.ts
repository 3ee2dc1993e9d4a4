import { expect, test } from '@jest/globals';
import { entries } from '@kstreams/test-support/entries';
import {
  double,
  type Entry,
  embedded,
  fromAsyncIterable,
  fromObservable,
  string,
  toAsyncIterable,
  toObservable,
  topic,
} from 'kstreams';
import { of, take, throwError, toArray } from 'rxjs';

const prices = topic('prices', { key: string, value: double });

async function* rising(to: number): AsyncGenerator<Entry<string, number>> {
  for (let i = 1; i <= to; i++) yield { key: 'tea', value: i, timestamp: i };
}

const collect = async <T>(items: AsyncIterable<T>): Promise<T[]> => {
  const all: T[] = [];
  for await (const item of items) all.push(item);
  return all;
};

test('records from an iterable arrive in an iterable, in order, which ends with the topic', async () => {
  const transport = embedded();
  expect(await fromAsyncIterable(rising(3), prices, { transport, backlog: 1 })).toBe(3);
  expect(entries(await collect(toAsyncIterable(prices, { transport, untilEnd: true })))).toEqual([
    ['tea', 1, 1],
    ['tea', 2, 2],
    ['tea', 3, 3],
  ]);
  await transport.close();
});

test('records from an observable arrive in an observable; unsubscribing releases the topic', async () => {
  const transport = embedded();
  const entry = { key: 'tea', value: 7, timestamp: 1 };
  expect(await fromObservable(of(entry, { ...entry, value: null }), prices, { transport })).toBe(2);
  const two = await new Promise((resolve, reject) => {
    toObservable(prices, { transport }).pipe(take(2), toArray()).subscribe({ next: resolve, error: reject });
  });
  expect(entries(two as never)).toEqual([
    ['tea', 7, 1],
    ['tea', null, 1],
  ]);
  await transport.close();
});

test('a failing source throws after its earlier records are written', async () => {
  const transport = embedded();
  const broken = (async function* () {
    yield* rising(1);
    throw new Error('no more');
  })();
  await expect(fromAsyncIterable(broken, prices, { transport })).rejects.toThrow('no more');
  await expect(
    fromObservable(
      throwError(() => new Error('gone')),
      prices,
      { transport },
    ),
  ).rejects.toThrow('gone');
  expect((await collect(toAsyncIterable(prices, { transport, untilEnd: true }))).length).toBe(1);
  await transport.close();
});

test('a signal ends a read that waits for records', async () => {
  const transport = embedded();
  const stop = new AbortController();
  const reading = collect(toAsyncIterable(prices, { transport, signal: stop.signal }));
  await new Promise((resolve) => setImmediate(resolve));
  stop.abort();
  expect(await reading).toEqual([]);
  await transport.close();
});

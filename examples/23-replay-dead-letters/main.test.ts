import { expect, test } from '@jest/globals';
import { testDriver } from '@kstreams/testing';
import { json, streams, string, topic } from 'kstreams';
import { app, letters, parked } from './main.js';

const orders = topic('orders', { key: string, value: json<{ readonly cents: number }>() });
const priced = topic('priced', { key: string, value: string });

test('a letter is read again from its topic, and parked after three replays that failed', () => {
  const shop = streams('shop');
  shop
    .stream(orders)
    .mapValues(
      ({ cents }) => {
        if (cents < 0) throw new Error('a negative price');
        return `${cents / 100} €`;
      },
      { value: string },
    )
    .to(priced);
  const onError = () => ({ deadLetter: letters.name });
  const failing = testDriver(shop, { onError, deadLetters: [letters.name] });
  const replay = testDriver(app);

  const send = () => {
    for (const { headers, key, timestamp, value } of failing.output(letters).read())
      replay.input(letters).pipe(key, value, timestamp, headers);
  };

  failing.input(orders).pipe('o1', { cents: -1 }, 0);
  for (let round = 1; round <= 3; round++) {
    send();
    const [order] = replay.output(orders).read();
    failing.input(orders).pipe(order?.key as string, order?.value as never, order?.timestamp, order?.headers);
  }
  send();
  expect(replay.output(orders).read()).toEqual([]);
  expect(replay.output(parked).read()).toHaveLength(1);
});

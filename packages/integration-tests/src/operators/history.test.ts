/** A versioned table in a running application, after its rows were lost. */

import { expect, test } from '@jest/globals';
import { quiet } from '@kstreams/test-support/quiet-logger';
import { createTopics, readTexts, sendTexts } from '@kstreams/test-support/text-records';
import { embedded, memory, start, streams, string, topic } from 'kstreams';

const prices = topic('prices', { key: string, value: string });
const orders = topic('orders', { key: string, value: string });
const priced = topic('priced', { key: string, value: string });

test.each([
  ['its own topic, which is compacted', { 'cleanup.policy': 'compact', 'min.compaction.lag.ms': '86400000' }],
  ['a changelog', { 'cleanup.policy': 'delete' }],
])('versions are restored from %s', async (_, config) => {
  const log = embedded();
  await createTopics(log, ['prices'], 2, config);
  await createTopics(log, ['orders', 'priced'], 2);
  const run = () => {
    const app = streams('shop');
    const table = app.table(prices, { name: 'prices', history: '1h' });
    app
      .stream(orders)
      .join(table, (order, price) => `${order} at ${price}`)
      .to(priced, { partitioner: () => 0 });
    return start(app, { transport: log, state: memory(), commitInterval: 0, logger: quiet });
  };
  const first = await run();
  await first.running();
  for (const [value, timestamp] of [
    ['3', 1_000],
    ['5', 9_000],
    ['4', 5_000],
  ] as const)
    await sendTexts(log, 'prices', [
      ['tea', value, { partition: 0, timestamp }],
      ['tea', value, { partition: 1, timestamp }],
    ]);
  await sendTexts(log, 'orders', [
    ['tea', 'one', { partition: 0, timestamp: 20_000 }],
    ['tea', 'one', { partition: 1, timestamp: 20_000 }],
  ]);
  await readTexts(log, 'priced', 1, 2);
  await first.close();

  const second = await run();
  await second.running();
  await sendTexts(log, 'orders', [
    ['tea', 'two', { partition: 1, timestamp: 6_000 }],
    ['tea', 'three', { partition: 1, timestamp: 4_999 }],
    ['tea', 'four', { partition: 1, timestamp: 999 }],
    ['tea', 'five', { partition: 1, timestamp: 9_000 }],
  ]);
  const seen = await readTexts(log, 'priced', 1, 5);
  expect(seen.map(([, value]) => value)).toEqual(['one at 5', 'one at 5', 'two at 4', 'three at 3', 'five at 5']);
  expect(second.counts.restored).toBeGreaterThan(0);
  await second.close();
  await log.close();
});

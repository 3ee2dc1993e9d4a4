import { expect, test } from '@jest/globals';
import { describeWith } from '@kstreams/test-support/services';
import { readFromRedis } from './main.js';

describeWith('redis', 'a table that other programs read from Redis', (address) => {
  test('a plain client gets the sum of the last commit', async () => {
    const row = await readFromRedis(address, `example-${crypto.randomUUID()}`);
    expect(row).toMatchObject({ store: 'spending', partition: 0, key: 'ann', value: { sum: 42, orders: 2 } });
  });
});

import { expect, test } from '@jest/globals';
import { streams } from '@kstreams/core/dsl';
import { topic } from '@kstreams/core/graph';
import { json, string } from '@kstreams/serde';
import { testDriver } from './index.js';

test('the driver shows the event of a topic with keys in other bytes than its serde writes, once', () => {
  const ids = json<{ readonly id: number }>();
  const app = streams('app');
  app.table(topic('customers', { key: ids, value: string }), { name: 'customers' });
  const driver = testDriver(app);
  // A connector writes a space; the serde does not.
  const connector = { ...string, name: 'connector' };
  const input = driver.input(topic('customers', { key: connector, value: string }));
  input.pipe('{"id":1}', 'ann', 1_000);
  expect(driver.events).toEqual([]);
  input.pipe('{"id": 2}', 'bob', 2_000);
  input.pipe('{"id": 3}', 'cat', 3_000);
  expect(driver.events).toEqual([{ kind: 'key-bytes-differ', topic: 'customers', partition: 0, offset: 1 }]);
});

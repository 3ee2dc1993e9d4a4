import { expect, test } from '@jest/globals';
import { MetricRegistry } from '@kstreams/core/graph';
import { byteStoreChecks } from '@kstreams/testing';
import { memory } from './index.js';

const manifest = { durable: false, remote: false, fenced: false, damage: false };

test.each(byteStoreChecks(manifest))('memory $name', ({ run }) => run({ open: () => memory().open('') }));

test('the rows of a store in memory are a metric until it is closed', async () => {
  const metrics = new MetricRegistry();
  const store = await memory().open('', { telemetry: metrics });
  await store.commit([[Uint8Array.of(1), Uint8Array.of(1)]]);
  expect(metrics.collect()).toMatchObject([{ value: 1, attributes: { 'kstreams.state.backend': 'memory' } }]);
  await store.close();
  expect(metrics.collect()).toEqual([]);
});

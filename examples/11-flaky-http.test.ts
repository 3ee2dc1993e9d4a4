import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect, test } from '@jest/globals';
import { testDriver } from '@kstreams/testing';
import type { Bytes } from 'kstreams';
import { orderOf, orders, priced, pricing, unpriced } from './11-flaky-http.js';

/** A service that answers only every third request for a product, and never one for ghosts. */
const flakyService = async () => {
  const asked = new Map<string, number>();
  const server = createServer(({ url = '' }, response) => {
    const count = (asked.get(url) ?? 0) + 1;
    asked.set(url, count);
    response.statusCode = count % 3 === 0 && url !== '/ghost' ? 200 : 503;
    response.end(String(url.length));
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const close = () => {
    server.closeAllConnections();
    server.close();
  };
  return { asked, close, url: `http://127.0.0.1:${port}` };
};

test('an order is priced at the third try, those of a customer in order; what never is goes aside', async () => {
  const service = await flakyService();
  try {
    const driver = testDriver(pricing(service.url), { onError: () => 'fail' });
    const ordered = ['tea', 'ghost', 'milk', 'sugar'];
    ordered.forEach((product, i) => {
      driver.input(orders).pipe('ann', { id: `a${i}`, product }, i);
      driver.input(orders).pipe(`other-${i}`, { id: `o${i}`, product: `${product}-${i}` }, i);
    });
    for (let round = 0; round < 12; round++) {
      await driver.settled();
      driver.advance('1s');
    }
    const done = driver.output(priced).read();
    expect(done.filter(({ key }) => key === 'ann').map(({ value }) => value?.product)).toEqual([
      'tea',
      'milk',
      'sugar',
    ]);
    expect(done.length).toBe(7);
    const aside = driver.output(unpriced).read();
    expect(aside.map(({ value }) => orderOf(value as Bytes).product)).toEqual(['ghost']);
    expect(service.asked.get('/ghost')).toBe(3);
  } finally {
    service.close();
  }
});

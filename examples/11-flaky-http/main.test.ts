import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect, test } from '@jest/globals';
import { testDriver } from '@kstreams/testing';
import type { Bytes } from 'kstreams';
import { orderOf, orders, priced, pricing, unpriced } from './main.js';

/** A service that fails two of three requests for a product, and every request for ghosts. */
const flakyService = async () => {
  const requests = new Map<string, number>();
  const server = createServer(({ url = '' }, response) => {
    const count = (requests.get(url) ?? 0) + 1;
    requests.set(url, count);
    response.statusCode = count % 3 === 0 && url !== '/ghost' ? 200 : 503;
    response.end(String(url.length));
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const close = () => {
    server.closeAllConnections();
    server.close();
  };
  return { requests, close, url: `http://127.0.0.1:${port}` };
};

test('orders are priced at the third attempt, in order per customer; a dead letter holds the one that never is', async () => {
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
    const letters = driver.output(unpriced).read();
    expect(letters.map(({ value }) => orderOf(value as Bytes).product)).toEqual(['ghost']);
    expect(service.requests.get('/ghost')).toBe(3);
  } finally {
    service.close();
  }
});

/** Queries over HTTP while their application closes. */
import { expect, test } from '@jest/globals';
import { QueriedApps, waitingReads } from './queried-app.js';

test('a forwarded read gets its result, a new one is refused, and a subscription ends', async () => {
  const apps = await QueriedApps.open(4);
  const { allow, authorize, begun } = waitingReads();
  const one = await apps.begin();
  const other = await apps.begin({}, { authorize });
  await apps.placed(one, other);
  await apps.send(...Array.from({ length: 40 }, (_, i): [string, number] => [`k${i}`, i]));
  const { key, store } = await apps.heldBy(other);
  const get = (path: string): Promise<Response> => fetch(`${one.url}/stores/${store}/${path}`);
  const changes = await get('changes');
  const running = get(`get?key=${encodeURIComponent(JSON.stringify(key))}`);
  await begun;
  apps.processes.splice(apps.processes.indexOf(one), 1);
  const closing = one.running.close();
  expect(await changes.text()).toMatch(/^retry: 1000\n\nevent: begin\n/);
  const refused = await get('count');
  expect([refused.status, refused.headers.get('retry-after')]).toEqual([503, '1']);
  allow();
  expect(await (await running).json()).toMatchObject({ key });
  await closing;
  await expect(get('count')).rejects.toThrow();
  await apps.close();
});

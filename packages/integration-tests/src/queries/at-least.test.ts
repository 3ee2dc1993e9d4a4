/** Queries that include a record. */

import { afterEach, expect, test } from '@jest/globals';
import { anyone } from '@kstreams/query';
import { queryClient } from '@kstreams/query/client';
import { toUtf8 } from 'kstreams/authors';
import { type Queried, QueriedApps } from './queried-app.js';

const opened: QueriedApps[] = [];
afterEach(async () => {
  for (const apps of opened.splice(0)) await apps.close();
});

const open = async (): Promise<QueriedApps> => {
  const apps = await QueriedApps.open(1);
  opened.push(apps);
  return apps;
};

/** Writes a movement at the end of the topic. */
const write = async ({ log }: QueriedApps, key: string, amount: number): Promise<void> => {
  const producer = await log.producer({ clientId: 'test' });
  const bytes = toUtf8(String(amount));
  producer.send({ topic: 'movements', partition: 0, key: toUtf8(key), value: bytes, timestamp: 9_000, headers: [] });
  await producer.flush();
  await producer.close();
};

const get = async ({ url }: Queried, parameters: string) => {
  const response = await fetch(`${url}/stores/balances/${parameters}`);
  return { status: response.status, json: (await response.json()) as { value?: number; detail?: string } };
};

test.each(['latest', 'committed'])('a read of %s rows waits for a record', async (isolation) => {
  const apps = await open();
  const one = await apps.begin();
  await one.running.running();
  await apps.send(['ann', 1], ['ann', 2]);
  one.running.pause();
  await write(apps, 'ann', 10);
  expect((await get(one, `get?key="ann"&isolation=${isolation}&at-least=movements:0:1`)).json.value).toBe(3);
  const reads = ['get?key="ann"', 'rows?limit=1', 'count?'].map((read) =>
    get(one, `${read}&isolation=${isolation}&at-least=movements:0:2`),
  );
  expect((await get(one, `get?key="ann"&isolation=${isolation}`)).json.value).toBe(3);
  one.running.resume();
  const [row, page, count] = await Promise.all(reads);
  expect(row?.json).toMatchObject({ value: 13 });
  expect(page?.json).toMatchObject({ rows: [{ value: 13 }] });
  expect(count?.json).toEqual({ count: 1 });
});

test('one who writes reads it, in the latest and in the committed rows', async () => {
  const apps = await open();
  const one = await apps.begin({ commitInterval: 50 });
  await one.running.running();
  const view = queryClient(one.url).view(one.balances);
  for (let offset = 0; offset < 4; offset++) {
    await write(apps, 'ann', 1);
    expect(await view.get('ann', { atLeast: [{ topic: 'movements', partition: 0, offset }] })).toBe(offset + 1);
    const committed = await get(one, `get?key="ann"&isolation=committed&at-least=movements:0:${offset}`);
    expect(committed.json.value).toBe(offset + 1);
  }
});

test('a record that does not come ends the query with its time, and one of another topic is refused', async () => {
  const apps = await open();
  const one = await apps.begin({}, { authorize: anyone, limits: { time: 200 } });
  await one.running.running();
  await apps.send(['ann', 1]);
  expect((await get(one, 'get?key="ann"&at-least=movements:0:99')).status).toBe(504);
  expect(await get(one, 'get?key="ann"&at-least=others:0:1')).toMatchObject({
    status: 400,
    json: { detail: 'the task of this store does not read the topic "others"' },
  });
  expect((await get(one, 'get?key="ann"&at-least=movements')).status).toBe(400);
  expect((await get(one, 'get?key="ann"&at-least=movements:7:1')).json.value).toBe(1);
});

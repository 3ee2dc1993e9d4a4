/** Queries that take rows of a copy while partitions move or are being restored. */

import { afterEach, expect, test } from '@jest/globals';
import { anyone } from '@kstreams/query';
import { queryClient, type StaleBody } from '@kstreams/query/client';
import { systemClock } from 'kstreams/authors';
import { HeldRestore, lasting } from './held-restore.js';
import { type Queried, QueriedApps } from './queried-app.js';

const opened: QueriedApps[] = [];
afterEach(async () => {
  for (const apps of opened.splice(0)) await apps.close();
});

const open = async (partitions: number): Promise<QueriedApps> => {
  const apps = await QueriedApps.open(partitions);
  opened.push(apps);
  return apps;
};

interface Body {
  readonly value?: number;
  readonly count?: number;
  readonly rows?: readonly { readonly key: string; readonly value: number }[];
  readonly detail?: string;
  readonly stale?: readonly StaleBody[];
}

const get = async ({ url }: Queried, path: string) => {
  const response = await fetch(`${url}/stores/balances/${path}`);
  return {
    status: response.status,
    retry: response.headers.get('retry-after'),
    json: (await response.json()) as Body,
  };
};

const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

/** Resolves once a process restores tasks. */
const opening = async ({ running }: Queried): Promise<void> => {
  while (running.metadata.instances()[0]?.opening.length === 0) await turn();
};

/** Resolves to the changelog of a store of one partition: the key and value of each record, by their offsets. */
const changelogOf = async ({ log }: QueriedApps) => {
  const topic = 'bank-balances-changelog';
  const consumer = await log.consumer({ clientId: 'test' });
  consumer.assign([{ topic, partition: 0, offset: 0 }]);
  const records = await consumer.poll(1_000, 0);
  await consumer.close();
  const text = new TextDecoder();
  return records.map(({ key, offset, value }) => ({
    offset,
    key: text.decode(key ?? undefined),
    value: value === null ? undefined : Number(text.decode(value)),
  }));
};

/** A process that begins with the rows of an earlier run, and restores what another one has changed since. */
const restarted = async (ahead = 0) => {
  const apps = await open(1);
  const state = await lasting();
  const first = await apps.begin({ state });
  await first.running.running();
  await apps.send(['ann', 1], ['bob', 2]);
  await first.running.close();
  apps.processes.length = 0;
  const second = await apps.begin();
  await second.running.running();
  for (let i = 0; i < 4; i++) await apps.send(['ann', 10], [`k${i}`, i]);
  await second.running.close();
  apps.processes.length = 0;
  const held = new HeldRestore(apps.log);
  const clock = { ...systemClock, now: () => systemClock.now() + ahead };
  const third = await apps.begin({ state, transport: held.transport }, { authorize: anyone, clock });
  await opening(third);
  return { apps, held, third };
};

test('a store that is being restored is unavailable, or read with its distance within a bound', async () => {
  const { held, third } = await restarted();
  while ((await get(third, 'get?key="ann"&max-lag=1000')).status === 503) await turn();
  expect(await get(third, 'get?key="ann"')).toMatchObject({ status: 503, retry: '1' });
  const { json } = await get(third, 'get?key="ann"&max-lag=1000');
  const [copy] = json.stale as [StaleBody];
  expect(json).toMatchObject({ key: 'ann', value: 1, stale: [{ partition: 0, staleness: expect.any(Number) }] });
  expect(copy.lag).toBeGreaterThan(0);
  expect(await get(third, 'count?max-lag=1000')).toMatchObject({
    status: 200,
    json: { count: 2, stale: [{ lag: copy.lag }] },
  });
  expect((await get(third, 'rows?max-lag=1000')).json).toMatchObject({
    rows: [{ key: 'ann', value: 1 }, { key: 'bob' }],
    stale: [{ position: copy.position }],
  });
  expect(await get(third, 'get?key="nobody"&max-lag=1000')).toMatchObject({
    status: 404,
    json: { stale: [{ lag: copy.lag }] },
  });
  expect(await get(third, `get?key="ann"&max-lag=${(copy.lag as number) - 1}`)).toMatchObject({
    status: 503,
    retry: '1',
    json: { detail: expect.stringContaining(`is behind by ${copy.lag} offsets`) },
  });
  held.allow(Number.POSITIVE_INFINITY);
  await third.running.running();
  expect((await get(third, 'get?key="ann"&max-lag=0&max-staleness=0s')).json).toEqual({
    key: 'ann',
    value: 41,
    timestamp: expect.any(Number),
  });
});

test('the serving process refuses rows that are older than the bound, by its clock', async () => {
  const { third } = await restarted(60_000);
  while ((await get(third, 'get?key="ann"&max-lag=1000')).status === 503) await turn();
  expect((await get(third, 'get?key="ann"&max-staleness=1h')).json.stale?.[0]?.staleness).toBeGreaterThanOrEqual(
    60_000,
  );
  expect((await get(third, 'get?key="ann"&max-staleness=59s')).status).toBe(503);
  expect((await get(third, 'get?key="ann"&max-staleness=1h&max-lag=0')).status).toBe(503);
  expect((await get(third, 'get?key="ann"&max-staleness=soon')).status).toBe(400);
  expect((await get(third, 'get?key="ann"&max-lag=-1')).status).toBe(400);
  expect((await get(third, 'get?key="ann"&max-lag=9&at-least=movements:0:1')).status).toBe(400);
});

test('at each step of a restore the rows are those of the changelog before the position', async () => {
  const { apps, held, third } = await restarted();
  const records = await changelogOf(apps);
  const end = (records.at(-1)?.offset ?? 0) + 1;
  const positions = new Set<number>();
  for (let last = -1; last < end; ) {
    const { json, status } = await get(third, 'rows?max-lag=1000');
    if (status === 503) continue;
    const { lag, position } = json.stale?.[0] ?? { position: end, lag: 0 };
    if (position === last) {
      held.allow(1);
      await turn();
      continue;
    }
    expect(lag).toBe(end - (position as number));
    const rows = new Map(
      records.filter(({ offset }) => offset < (position as number)).map(({ key, value }) => [key, value]),
    );
    expect(new Map(json.rows?.map(({ key, value }) => [key, value]))).toEqual(rows);
    last = position as number;
    positions.add(last);
  }
  expect(positions.size).toBeGreaterThan(3);
});

test('a copy from scratch was complete at no time', async () => {
  const apps = await open(1);
  const first = await apps.begin();
  await first.running.running();
  await apps.send(['ann', 1]);
  await first.running.close();
  apps.processes.length = 0;
  const held = new HeldRestore(apps.log);
  const second = await apps.begin({ transport: held.transport });
  await opening(second);
  expect((await get(second, 'get?key="ann"&max-staleness=7d')).status).toBe(503);
  while ((await get(second, 'get?key="ann"&max-lag=1000')).status === 503) await turn();
  expect((await get(second, 'get?key="ann"&max-staleness=7d')).status).toBe(503);
  const { json, status } = await get(second, 'count?max-lag=1000');
  expect([status, json.count, json.stale?.[0]?.staleness]).toEqual([200, 0, undefined]);
  held.allow(Number.POSITIVE_INFINITY);
});

test('rows of a task that has moved are read where it was, from every process and by the client', async () => {
  const apps = await open(4);
  const first = await apps.begin();
  await first.running.running();
  const keys = Array.from({ length: 12 }, (_, i) => `k${i}`);
  await apps.send(...keys.map((key, i): [string, number] => [key, i]));
  const held = new HeldRestore(apps.log);
  const second = await apps.begin({ transport: held.transport });
  await opening(second);
  const copies: StaleBody[] = [];
  for (const { balances, url } of [first, second]) {
    const view = queryClient(url).view(balances, {
      maxStaleness: '1h',
      onStale: (some) => copies.push(...some),
    });
    for (const [i, key] of keys.entries()) expect(await view.get(key)).toBe(i);
    expect(await view.get('nobody')).toBeUndefined();
    expect(await view.count()).toBe(keys.length);
    const rows: string[] = [];
    for await (const [key] of view.all()) rows.push(key);
    expect(rows).toEqual([...keys].sort());
  }
  expect(copies.length).toBeGreaterThan(0);
  for (const { lag, staleness } of copies) expect([lag, staleness]).toEqual([undefined, expect.any(Number)]);
  const statuses = await Promise.all(keys.map((key) => get(second, `get?key="${key}"`).then(({ status }) => status)));
  expect(statuses).toContain(503);
  held.allow(Number.POSITIVE_INFINITY);
  await apps.placed(first, second);
  const { json } = await get(second, 'rows?max-staleness=1h');
  expect([json.rows?.length, json.stale]).toEqual([keys.length, undefined]);
});

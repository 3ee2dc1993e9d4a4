/** Queries of an application in three processes, sent to any of them. */

import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { type Queried, QueriedApps } from './queried-app.js';

const keys = Array.from({ length: 12 }, (_, i) => `k${i}`);
const movements = Array.from({ length: 30 }, (_, i): [string, number] => [keys[(i * i) % 12] as string, i]);

let apps: QueriedApps;
let all: Queried[];

beforeAll(async () => {
  apps = await QueriedApps.open(5);
  for (let i = 0; i < 3; i++) await apps.begin();
  all = apps.processes;
  await apps.placed(...all);
  await apps.send(...movements);
});

afterAll(() => apps.close());

const get = async (url: string, headers: Record<string, string> = {}) => {
  const response = await fetch(url, { headers });
  return { status: response.status, json: await response.json() };
};

interface PageJson {
  readonly rows: readonly unknown[];
  readonly next?: string;
}

const expected = (): Map<string, number> => {
  const sums = new Map<string, number>();
  for (const [key, amount] of movements) sums.set(key, (sums.get(key) ?? 0) + amount);
  return sums;
};

test('every key is read from every process', async () => {
  const sums = expected();
  for (const { url } of all) {
    for (const key of keys) {
      const { json, status } = await get(`${url}/stores/balances/get?key="${key}"`);
      expect(sums.has(key) ? json : status).toEqual(
        sums.has(key) ? { key, value: sums.get(key), timestamp: expect.any(Number) } : 404,
      );
    }
  }
});

test.each(['balances/rows?', 'balances/rows?reverse=true', 'pairs/rows?prefix=["k1"]', 'per-minute/rows?'])(
  'a scan through every process in pages of any size is the scan of all rows: %s',
  async (scan) => {
    const [first] = all;
    const whole = (await get(`${first?.url}/stores/${scan}`)).json as PageJson;
    expect(whole.rows.length).toBeGreaterThan(1);
    for (const limit of [1, 2, 3, 7]) {
      const rows: unknown[] = [];
      let page = '';
      for (let turn = 0; ; turn++) {
        const { url } = all[turn % 3] as Queried;
        const { next, rows: some } = (await get(`${url}/stores/${scan}&limit=${limit}${page}`)).json as PageJson;
        rows.push(...some);
        if (next === undefined) break;
        page = `&page=${next}`;
      }
      expect(rows).toEqual(whole.rows);
    }
  },
);

test('the rows of all processes are counted, and windows are read where their key is', async () => {
  const [key] = [...expected().keys()];
  const windows = await Promise.all(all.map(({ url }) => get(`${url}/stores/per-minute/windows?key="${key}"`)));
  for (const one of windows) expect(one).toEqual(windows[0]);
  for (const { url } of all) {
    expect((await get(`${url}/stores/balances/count`)).json).toEqual({ count: expected().size });
  }
});

test('a request of another process is not forwarded again', async () => {
  for (const { running, url } of all) {
    const partitions = Array.from({ length: 5 }, (_, partition) => partition);
    const held = running.stores().find(({ name }) => name === 'balances')?.local ?? [];
    for (const partition of partitions) {
      const { status } = await get(`${url}/stores/balances/rows`, { 'kstreams-partitions': String(partition) });
      expect(status).toBe(held.includes(partition) ? 200 : 503);
    }
    expect((await get(`${url}/stores/balances/rows`, { 'kstreams-partitions': 'all' })).status).toBe(400);
  }
});

test('while partitions move, a query is complete or unavailable', async () => {
  const [first, , last] = all as [Queried, Queried, Queried];
  const closing = last.running.close();
  let closed = false;
  closing.then(() => {
    closed = true;
  });
  const statuses = new Set<number>();
  for (let after = 0; after < 3; ) {
    const { json, status } = await get(`${first.url}/stores/balances/count`);
    statuses.add(status);
    if (status === 200) expect(json).toEqual({ count: expected().size });
    else expect(json).toMatchObject({ type: 'urn:kstreams:problem:unavailable' });
    after = closed && status === 200 ? after + 1 : 0;
  }
  await closing;
  for (const status of statuses) expect([200, 503]).toContain(status);
});

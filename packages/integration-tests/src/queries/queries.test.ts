/** Queries over HTTP of an application in one process. */

import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { anyone, bearer, type QueriesOptions, queries } from '@kstreams/query';
import type { StartedApplication } from 'kstreams/authors';
import { type Queried, QueriedApps } from './queried-app.js';

let apps: QueriedApps;
let one: Queried;

beforeAll(async () => {
  apps = await QueriedApps.open();
  one = await apps.begin();
  await one.running.running();
  await apps.send(['ann', 5], ['anton', 7], ['bob', 1], ['ann', -2], ['cecil', 4], ['zoë "x"/y', 9]);
});

afterAll(() => apps.close());

const body = async (path: string, init: RequestInit = {}) => {
  const response = await fetch(`${one.url}${path}`, init);
  return { status: response.status, type: response.headers.get('content-type'), json: await response.json() };
};

const rows = async (path: string): Promise<unknown[]> =>
  ((await body(path)).json as { rows: { key: unknown; value: unknown }[] }).rows.map(({ key, value }) => [key, value]);

/** Reads all pages of a scan. */
const pages = async (path: string): Promise<{ all: unknown[]; pages: number }> => {
  const all: unknown[] = [];
  for (let page = '', count = 1; ; count++) {
    const { json } = await body(`${path}${page}`);
    const { next, rows: some } = json as { rows: unknown[]; next?: string };
    all.push(...some);
    if (next === undefined) return { all, pages: count };
    page = `&page=${next}`;
  }
};

const query = (text: string): string => encodeURIComponent(text);

test('the stores are listed with their kinds and partitions', async () => {
  const { json, status, type } = await body('/stores');
  expect([status, type]).toEqual([200, 'application/json']);
  expect(json).toEqual({
    application: 'bank',
    stores: [
      { name: 'balances', kind: 'key-value', partitions: 3, local: [0, 1, 2], windowed: false },
      { name: 'per-minute', kind: 'window', partitions: 3, local: [0, 1, 2], windowed: true },
      { name: 'visits', kind: 'session', partitions: 3, local: [0, 1, 2], windowed: true },
      { name: 'pairs', kind: 'key-value', partitions: 3, local: [0, 1, 2], windowed: false },
    ],
  });
});

describe('a key', () => {
  test('is read with its timestamp', async () => {
    expect((await body('/stores/balances/get?key="ann"')).json).toEqual({ key: 'ann', value: 3, timestamp: 3_000 });
    expect((await body(`/stores/balances/get?key=${query('"zoë \\"x\\"/y"')}`)).json).toMatchObject({ value: 9 });
    expect((await body('/stores/pairs/get?key=["anton",1]')).json).toMatchObject({ key: ['anton', 1], value: 1 });
    expect((await body('/stores/per-minute/get?key={"key":"ann","start":0,"end":60000}')).json).toMatchObject({
      value: 2,
    });
  });

  test('without a row is a problem', async () => {
    expect(await body('/stores/balances/get?key="nobody"')).toEqual({
      status: 404,
      type: 'application/problem+json',
      json: {
        type: 'urn:kstreams:problem:no-such-row',
        title: 'The key has no row',
        status: 404,
        detail: 'the store has no row of this key',
      },
    });
  });
});

describe('a scan', () => {
  test('is in the order of the keys, across partitions', async () => {
    expect(await rows('/stores/balances/rows')).toEqual([
      ['ann', 3],
      ['anton', 7],
      ['bob', 1],
      ['cecil', 4],
      ['zoë "x"/y', 9],
    ]);
    expect(await rows('/stores/balances/rows?from="anton"&to="cecil"')).toEqual([
      ['anton', 7],
      ['bob', 1],
    ]);
    expect(await rows('/stores/balances/rows?from="b"&reverse=true&limit=2')).toEqual([
      ['zoë "x"/y', 9],
      ['cecil', 4],
    ]);
  });

  test('reads the keys with a prefix', async () => {
    expect(await rows('/stores/balances/rows?prefix="an"')).toEqual([
      ['ann', 3],
      ['anton', 7],
    ]);
    expect(await rows('/stores/pairs/rows?prefix=["ann"]')).toEqual([
      [['ann', -2], 1],
      [['ann', 2], 1],
    ]);
    const prefixed: unknown[] = [];
    for await (const [key, { value }] of one.running.view(one.pairs).prefix(['ann'])) prefixed.push([key, value]);
    expect(prefixed.sort()).toEqual([
      [['ann', -2], 1],
      [['ann', 2], 1],
    ]);
  });

  test.each([
    '/stores/balances/rows?',
    '/stores/balances/rows?reverse=true',
    '/stores/balances/rows?from="anton"&to="zz"&reverse=true',
    '/stores/pairs/rows?prefix=["ann"]',
    '/stores/per-minute/rows?',
    '/stores/visits/windows?key="ann"&reverse=true',
  ])('in pages of any size equals one scan: %s', async (path) => {
    const { all } = await pages(path);
    expect(all.length).toBeGreaterThan(0);
    for (let limit = 1; limit <= all.length + 1; limit++) {
      const paged = await pages(`${path}&limit=${limit}`);
      expect(paged.all).toEqual(all);
      expect(paged.pages).toBe(Math.max(1, Math.ceil(all.length / limit)));
    }
  });

  test('of windows reads those of one key between two times', async () => {
    const window = { key: 'ann', start: 0, end: 60_000 };
    expect(await rows('/stores/per-minute/windows?key="ann"&from=0&to=60000')).toEqual([[window, 2]]);
    expect(await rows('/stores/per-minute/windows?key="ann"&from=1')).toEqual([]);
    expect(await rows('/stores/visits/windows?key="ann"')).toEqual([[{ key: 'ann', start: 0, end: 3_000 }, 2]]);
  });

  test('is counted', async () => {
    expect((await body('/stores/balances/count')).json).toEqual({ count: 5 });
  });
});

test.each([
  ['/', 404, 'not-found'],
  ['/stores/', 404, 'not-found'],
  ['/stores/x/y/z', 404, 'not-found'],
  ['/stores/%ff/get', 404, 'not-found'],
  ['/stores/balances', 404, 'not-found'],
  ['/stores/balances/drop', 404, 'not-found'],
  ['/stores/nothing/count', 404, 'no-such-store'],
  ['/stores?all=true', 400, 'bad-request'],
  ['/stores/balances/get', 400, 'bad-request'],
  ['/stores/balances/get?key=ann', 400, 'bad-request'],
  ['/stores/balances/get?key=1', 400, 'bad-request'],
  ['/stores/balances/get?key="a"&key="b"', 400, 'bad-request'],
  ['/stores/balances/get?key="a"&depth=2', 400, 'bad-request'],
  ['/stores/balances/get?key={"$bigint":"x"}', 400, 'bad-request'],
  ['/stores/pairs/get?key=["a"]', 400, 'bad-request'],
  ['/stores/per-minute/get?key="ann"', 400, 'bad-request'],
  ['/stores/per-minute/rows?prefix="a"', 400, 'bad-request'],
  ['/stores/balances/rows?prefix="a"&from="a"', 400, 'bad-request'],
  ['/stores/balances/rows?from=1', 400, 'bad-request'],
  ['/stores/balances/rows?limit=0', 400, 'bad-request'],
  ['/stores/balances/rows?reverse=yes', 400, 'bad-request'],
  ['/stores/balances/rows?page=x', 400, 'bad-request'],
  ['/stores/balances/windows?key="ann"', 400, 'bad-request'],
])('%s is a problem', async (path, status, code) => {
  const response = await body(path);
  expect(response).toMatchObject({ status, type: 'application/problem+json' });
  expect(response.json).toMatchObject({ status, type: `urn:kstreams:problem:${code}` });
});

test('the token of a page fits the parameters of its query only', async () => {
  const { next } = (await body('/stores/balances/rows?limit=1')).json as { next: string };
  expect((await body(`/stores/balances/rows?reverse=true&page=${next}`)).json).toMatchObject({ status: 400 });
});

test('methods other than GET are refused', async () => {
  const response = await fetch(`${one.url}/stores`, { method: 'POST', body: '{}' });
  expect([response.status, response.headers.get('allow')]).toEqual([405, 'GET']);
});

/** Serves the queries of the application with other options while a function runs. */
const serving = async (options: QueriesOptions, use: (url: string) => Promise<void>): Promise<void> => {
  const { handler, started } = bound(queries(options));
  await started(one.running as StartedApplication);
  const server = createServer(handler).listen(0, '127.0.0.1');
  await once(server, 'listening');
  try {
    await use(`http://127.0.0.1:${(server.address() as AddressInfo).port}`);
  } finally {
    server.close();
    server.closeAllConnections();
  }
};

const bound = (made: ReturnType<typeof queries>) => ({
  handler: made.handler,
  started: (app: StartedApplication) => made.started(app),
});

const statusOf = async (url: string, headers: Record<string, string> = {}): Promise<number> =>
  (await fetch(url, { headers })).status;

describe('access', () => {
  const token = 'a-token-of-some-length';

  test('needs the token', async () => {
    await serving({ authorize: bearer(token) }, async (url) => {
      const response = await fetch(`${url}/stores`);
      expect([response.status, response.headers.get('www-authenticate')]).toEqual([401, 'Bearer']);
      expect(await statusOf(`${url}/stores`, { authorization: 'Bearer another-of-some-length' })).toBe(403);
      expect(await statusOf(`${url}/stores/nothing/count`, { authorization: `Basic ${token}` })).toBe(403);
      expect(await statusOf(`${url}/stores`, { authorization: `Bearer ${token}` })).toBe(200);
    });
    expect(() => bearer('short')).toThrow('fewer than 16');
  });

  test('is decided per store and operation', async () => {
    const asked: unknown[] = [];
    const authorize: QueriesOptions['authorize'] = async ({ operation, store }) => {
      asked.push([operation, store]);
      return store !== 'pairs';
    };
    await serving({ authorize, path: '/q' }, async (url) => {
      expect(await statusOf(`${url}/q/stores/balances/count`)).toBe(200);
      expect(await statusOf(`${url}/q/stores/pairs/count`)).toBe(401);
      expect(await statusOf(`${url}/stores/balances/count`)).toBe(404);
    });
    expect(asked).toEqual([
      ['count', 'balances'],
      ['count', 'pairs'],
    ]);
  });

  test('of pages is limited to their origins', async () => {
    await serving({ authorize: bearer(token), origins: ['https://shop.example'] }, async (url) => {
      const preflight = await fetch(`${url}/stores`, {
        method: 'OPTIONS',
        headers: { origin: 'https://shop.example' },
      });
      expect(preflight.status).toBe(204);
      expect(preflight.headers.get('access-control-allow-origin')).toBe('https://shop.example');
      const headers = { authorization: `Bearer ${token}`, origin: 'https://shop.example' };
      expect((await fetch(`${url}/stores`, { headers })).headers.get('access-control-allow-origin')).toBe(
        headers.origin,
      );
      expect(await statusOf(`${url}/stores`, { ...headers, origin: 'https://evil.example' })).toBe(403);
    });
  });

  test('without a token is refused for names that lead to the loopback address', async () => {
    const { hostname, port } = new URL(one.url);
    const { request } = await import('node:http');
    const asked = request({ hostname, port, path: '/stores', headers: { host: 'evil.example' } }).end();
    const [response] = await once(asked, 'response');
    response.resume();
    expect(response.statusCode).toBe(421);
  });
});

test('limits end a page at its size, and refuse a larger row', async () => {
  await serving({ authorize: anyone, limits: { bytes: 80 } }, async (url) => {
    const page = await (await fetch(`${url}/stores/balances/rows`)).json();
    expect(page).toMatchObject({ rows: [{ key: 'ann' }], next: expect.any(String) });
  });
  await serving({ authorize: anyone, limits: { bytes: 10 } }, async (url) => {
    expect(await (await fetch(`${url}/stores/balances/rows`)).json()).toMatchObject({
      type: 'urn:kstreams:problem:too-large',
    });
  });
  await serving({ authorize: anyone, limits: { rows: 2 } }, async (url) => {
    const page = (await (await fetch(`${url}/stores/balances/rows?limit=50`)).json()) as { rows: unknown[] };
    expect(page.rows).toHaveLength(2);
  });
});

test('a failure shows no row: its error goes to the program', async () => {
  const errors: unknown[] = [];
  const authorize = (): boolean => {
    throw new Error('a secret');
  };
  await serving({ authorize, onError: (error, store) => errors.push([String(error), store]) }, async (url) => {
    const text = await (await fetch(`${url}/stores/balances/count`)).text();
    expect(text).toContain('urn:kstreams:problem:failed');
    expect(text).not.toContain('secret');
  });
  expect(errors).toEqual([['Error: a secret', 'balances']]);
});

test('before and after the application runs, queries are unavailable', async () => {
  const { handler } = queries({ authorize: anyone });
  const server = createServer(handler).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const response = await fetch(`http://127.0.0.1:${(server.address() as AddressInfo).port}/stores`);
  expect([response.status, response.headers.get('retry-after')]).toEqual([503, '1']);
  server.close();
  server.closeAllConnections();
});

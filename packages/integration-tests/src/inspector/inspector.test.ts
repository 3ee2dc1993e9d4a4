/** The server of the inspector: requests that it admits, responses, and tails that end. */
import { request } from 'node:http';
import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import { type InspectorHandler, inspector, inspectorHandler } from '@kstreams/inspector';
import { awaitCommitted } from '@kstreams/test-support/await-committed';
import { ConfigError } from 'kstreams';
import { type EdgeWatcher, type ObservedEdge, type StartedApplication, systemClock } from 'kstreams/authors';
import { openShop, type Shop } from './shop.js';

const token = 'a-token-of-some-length';

interface Reply {
  readonly status: number;
  readonly body: string;
  readonly headers: Readonly<Record<string, string | readonly string[] | undefined>>;
}

/** Sends a request with any host and origin. */
const send = (url: string, path: string, headers: Readonly<Record<string, string>> = {}, method = 'GET') =>
  new Promise<Reply>((resolve, reject) => {
    const { host, hostname, port } = new URL(url);
    const sent = request({ hostname, port, path, method, headers: { host, ...headers } }, (response) => {
      const pieces: Buffer[] = [];
      response.on('data', (piece: Buffer) => pieces.push(piece));
      response.on('end', () =>
        resolve({
          status: response.statusCode ?? 0,
          body: Buffer.concat(pieces).toString(),
          headers: response.headers,
        }),
      );
    });
    sent.on('error', reject).end();
  });

const bearer = { authorization: `Bearer ${token}` };

describe('a running inspector', () => {
  const page = inspector({ port: 0, token, hosts: ['shop.example'] });
  let shop: Shop;
  const read = async (path: string) => JSON.parse((await send(page.url ?? '', path, bearer)).body);

  beforeAll(async () => {
    shop = await openShop([page]);
    await shop.send([
      ['o1', { customer: 'ann', total: 3 }, 1_000],
      ['o2', { customer: 'bob', total: 0 }, 2_000],
      ['o3', { customer: 'ann', total: 4 }, 3_000],
    ]);
    await awaitCommitted(shop.transport, shop.running, { topic: 'orders', partition: 0 }, 3);
  });
  afterAll(() => shop.close());

  test('listens at the loopback address, and its address has the token', () => {
    expect(page.url).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/#token=a-token-of-some-length$/);
  });

  test.each([
    ['/api/application'],
    ['/api/processes'],
    ['/api/tail?from=a&to=b'],
    ['/api/nothing'],
    ['/queries/stores'],
    ['/queries/stores/revenue/get?key=%22ann%22'],
    ['/queries/stores/revenue/changes'],
    ['/app.css/../api/processes'],
    ['//api/processes'],
  ])('%s needs the token', async (path) => {
    for (const authorization of ['', 'Bearer another-token-of-a-length', token]) {
      expect((await send(page.url ?? '', path, { authorization })).status).toBe(401);
    }
  });

  test.each([
    ['another host', { host: 'evil.example' }, 421],
    ['a listed host', { host: 'shop.example:8080' }, 200],
    ['localhost', { host: 'localhost:7071' }, 200],
    ['an address', { host: '[::1]:7071' }, 200],
    ['a page of another origin', { origin: 'http://evil.example' }, 403],
    ['a page without an origin', { origin: 'null' }, 403],
    ['its own page', { host: '127.0.0.1:7071', origin: 'http://127.0.0.1:7071' }, 200],
    ['another port of its host', { host: '127.0.0.1:7071', origin: 'http://127.0.0.1:7072' }, 403],
  ])('a request of %s has its status', async (_, headers, status) => {
    for (const path of ['/', '/api/application', '/queries/stores']) {
      const reply = await send(page.url ?? '', path, { ...bearer, ...headers });
      expect([path, reply.status]).toEqual([path, status]);
    }
  });

  test('the page has no token, loads nothing from elsewhere and is in no frame', async () => {
    const { body, headers, status } = await send(page.url ?? '', '/');
    expect(status).toBe(200);
    expect(body).not.toContain(token);
    expect(headers['content-security-policy']).toMatch(/default-src 'none'.*frame-ancestors 'none'/);
    expect(headers['cache-control']).toBe('no-store');
  });

  test('a method other than GET is refused', async () => {
    for (const path of ['/', '/api/processes', '/queries/stores']) {
      expect((await send(page.url ?? '', path, bearer, 'POST')).status).toBe(405);
    }
  });

  test('the application has its topology', async () => {
    const body = await read('/api/application');
    expect([body.name, body.records, body.topology.subtopologies.length]).toEqual(['shop', true, 2]);
  });

  test('a process has its tasks, lags and metrics, and no secret', async () => {
    const { missing, processes } = await read('/api/processes');
    expect(missing).toEqual([]);
    const [one] = processes;
    expect(one.tasks.map(({ id, lags }: { id: string; lags: { lag: number }[] }) => [id, lags[0]?.lag])).toEqual([
      ['0_0', 0],
      ['1_0', 0],
    ]);
    const processed = one.metrics.find(({ name }: { name: string }) => name === 'kstreams.records.processed');
    expect(processed).toMatchObject({ attributes: { 'messaging.destination.name': 'orders' }, value: 3 });
    expect(JSON.stringify(processes)).not.toContain(token);
  });

  test('edges are counted from the first report on', async () => {
    await read('/api/processes');
    await shop.send([['o4', { customer: 'cleo', total: 0 }, 4_000]]);
    await awaitCommitted(shop.transport, shop.running, { topic: 'orders', partition: 0 }, 4);
    const { edges } = (await read('/api/processes')).processes[0];
    const counted = edges.edges.filter(({ count }: { count: number }) => count > 0);
    expect(counted.map(({ from, to }: { from: string; to: string }) => `${from} ${to}`)).toEqual([
      expect.stringMatching(/ filter-0$/),
    ]);
  });

  test('a tail has the records of its edge, and one of a store its committed rows', async () => {
    await read('/api/tail?from=filter-0&to=map-0');
    await read('/api/tail?store=revenue');
    await shop.send([['o5', { customer: 'dan', total: 9 }, 5_000]]);
    await awaitCommitted(shop.transport, shop.running, { topic: 'orders', partition: 0 }, 5);
    const [edge] = (await read('/api/tail?from=filter-0&to=map-0')).processes;
    expect(edge.seen).toBe(1);
    expect(edge.records).toMatchObject([
      { key: 'o5', value: { customer: 'dan', total: 9 }, timestamp: 5_000, details: { source: 'orders-0 at 4' } },
    ]);
    await awaitCommitted(shop.transport, shop.running, { topic: 'shop-revenue-repartition', partition: 0 }, 3);
    const [store] = (await read('/api/tail?store=revenue')).processes;
    expect(store.records).toMatchObject([{ key: 'dan', value: 9, details: { partition: '0' } }]);
  });

  test('a tail of an unknown store is refused, and a fifth tail', async () => {
    expect((await send(page.url ?? '', '/api/tail?store=nothing', bearer)).status).toBe(404);
    const statuses: number[] = [];
    for (let n = 0; n < 6; n++) {
      statuses.push((await send(page.url ?? '', `/api/tail?from=${n}&to=x`, bearer)).status);
    }
    expect(statuses).toContain(429);
  });

  test('rows are read by key, and windows of a key', async () => {
    expect(await read('/queries/stores/revenue/get?key=%22ann%22')).toMatchObject({ value: 7 });
    expect((await read('/queries/stores/per-minute/windows?key=%22o1%22')).rows).toMatchObject([
      { key: { key: 'o1', start: 0, end: 60_000 }, value: 1 },
    ]);
  });
});

/** A started application that watches edges and does nothing else, on a clock that is moved by hand. */
const watched = () => {
  const timers: (() => void)[] = [];
  const watchers = new Set<EdgeWatcher>();
  const clock = {
    ...systemClock,
    after: (_: number, act: () => void) => {
      timers.push(act);
      return () => void timers.splice(timers.indexOf(act), timers.includes(act) ? 1 : 0);
    },
  };
  const edge = { task: { id: '0_0', source: { topic: 'orders', partition: 0, offset: 1 } }, from: 'a', to: 'b' };
  return {
    watchers,
    elapse: () => {
      for (const act of timers.splice(0)) act();
    },
    forward: (value: unknown) => {
      const record = { key: 'k', value, timestamp: 1, headers: [['password', new Uint8Array(3)]] };
      for (const watcher of watchers) watcher(edge as never as ObservedEdge, record as never);
    },
    application: {
      name: 'shop',
      options: { clock },
      metadata: { instances: () => [], instances$: { subscribe: () => ({ unsubscribe: () => {} }) } },
      events$: { subscribe: () => ({ unsubscribe: () => {} }) },
      watchEdges: (watcher: EdgeWatcher) => {
        watchers.add(watcher);
        return () => void watchers.delete(watcher);
      },
    } as never as StartedApplication,
  };
};

describe('a handler', () => {
  const handlers: InspectorHandler[] = [];
  const started = async (options: Parameters<typeof inspectorHandler>[0], application: StartedApplication) => {
    const handler = inspectorHandler({ token, ...options });
    handlers.push(handler);
    await handler.started(application);
    return (path: string, headers: Readonly<Record<string, string>> = bearer) =>
      new Promise<{ status: number; body: unknown }>((resolve) => {
        let status = 0;
        const response = {
          writeHead: (given: number) => {
            status = given;
            return response;
          },
          end: (text: string) => resolve({ status, body: JSON.parse(text) }),
        };
        handler.handler(
          { method: 'GET', url: path, headers: { host: 'localhost', ...headers } } as never,
          response as never,
        );
      });
  };
  afterEach(async () => {
    for (const handler of handlers.splice(0)) await handler.closing?.();
  });

  test('samples at most five records in 250 ms, and hides headers of secrets', async () => {
    const { application, elapse, forward } = watched();
    const get = await started({}, application);
    await get('/api/tail?from=a&to=b');
    for (let n = 0; n < 1_000; n++) forward(n);
    const { body } = (await get('/api/tail?from=a&to=b')) as {
      body: { processes: { seen: number; records: object[] }[] };
    };
    expect(body.processes[0]?.seen).toBe(1_000);
    expect(body.processes[0]?.records).toHaveLength(5);
    expect(body.processes[0]?.records[0]).toMatchObject({ value: 0, headers: [['password', '[redacted]']] });
    elapse();
  });

  test('watches nothing before a request, and nothing once none follows', async () => {
    const { application, elapse, forward, watchers } = watched();
    const get = await started({}, application);
    expect(watchers.size).toBe(0);
    await get('/api/tail?from=a&to=b');
    expect(watchers.size).toBe(1);
    elapse();
    expect(watchers.size).toBe(0);
    forward(1);
    expect(await get('/api/tail?from=a&to=b')).toMatchObject({ body: { processes: [{ seen: 0 }] } });
  });

  test('shows large and broken values in part', async () => {
    const { application, elapse, forward } = watched();
    const get = await started({}, application);
    await get('/api/tail?from=a&to=b');
    forward('x'.repeat(100_000));
    forward({
      get broken() {
        throw new Error('no value');
      },
    });
    const { body } = await get('/api/tail?from=a&to=b');
    const text = JSON.stringify(body);
    expect(text.length).toBeLessThan(10_000);
    expect(text).toContain('cannot be shown: no value');
    elapse();
  });

  test('serves no records where they are turned off', async () => {
    const get = await started({ records: false }, watched().application);
    expect((await get('/api/tail?from=a&to=b')).status).toBe(403);
    expect((await get('/queries/stores')).status).toBe(403);
  });

  test('is mounted below a path', async () => {
    const get = await started({ path: '/inspector' }, watched().application);
    expect((await get('/inspector/api/nothing')).status).toBe(404);
    expect((await get('/elsewhere/api/nothing')).status).toBe(404);
    expect((await get('/inspector/api/nothing', {})).status).toBe(401);
  });

  test('names the host of its endpoint', async () => {
    const { application } = watched();
    const own = { ...application, options: { ...application.options, endpoint: 'http://shop-0.shop:7071' } };
    const get = await started({}, own);
    expect((await get('/api/nothing', { ...bearer, host: 'shop-0.shop:7071' })).status).toBe(404);
    expect((await get('/api/nothing', { ...bearer, host: 'shop-1.shop:7071' })).status).toBe(421);
  });

  test('refuses a short token, and has a random one without', () => {
    expect(() => inspectorHandler({ token: 'short' })).toThrow(ConfigError);
    const tokens = new Set([inspectorHandler().token, inspectorHandler().token]);
    expect([...tokens].map(({ length }) => length)).toEqual([32, 32]);
  });
});

/** The metrics of queries. */

import { connect } from 'node:net';
import { afterEach, expect, test } from '@jest/globals';
import { anyone, bearer } from '@kstreams/query';
import { MetricRegistry } from 'kstreams';
import { QueriedApps } from './queried-app.js';

const opened: QueriedApps[] = [];
afterEach(async () => {
  for (const apps of opened.splice(0)) await apps.close();
});

const open = async (server: Parameters<QueriedApps['begin']>[1]) => {
  const apps = await QueriedApps.open(1);
  opened.push(apps);
  const telemetry = new MetricRegistry();
  const { running, url } = await apps.begin({ telemetry }, server);
  await running.running();
  /** Returns the values of an instrument, by the attributes that follow the protocol. */
  const values = (name: string): Readonly<Record<string, unknown>> =>
    Object.fromEntries(
      telemetry
        .collect()
        .filter(({ instrument }) => instrument.name === `kstreams.query.${name}`)
        .map(({ attributes, value }) => {
          const { 'kstreams.query.operation': operation, 'kstreams.query.status': status } = attributes;
          return [[operation, status].filter((one) => one !== undefined).join(' ') || 'all', value];
        }),
    );
  return { apps, running, url, values };
};

test('requests count by operation and status, with their rows and times', async () => {
  const token = 'a-token-of-some-length';
  const { apps, url, values } = await open({ authorize: bearer(token) });
  await apps.send(['ann', 1], ['bob', 2]);
  const get = (path: string) => fetch(`${url}/stores${path}`, { headers: { authorization: `Bearer ${token}` } });
  await get('/balances/get?key="ann"');
  await get('/balances/get?key="nobody"');
  await get('/balances/rows');
  await get('/balances/count');
  await get('/nothing/count');
  await fetch(`${url}/stores`);
  expect(values('requests')).toEqual({
    'get ok': 1,
    'get no-such-row': 1,
    'rows ok': 1,
    'count ok': 1,
    'count no-such-store': 1,
    'stores unauthorized': 1,
  });
  expect(values('rows')).toMatchObject({ get: 1, rows: 2, count: 0 });
  expect(values('duration')).toMatchObject({ get: { count: 2 }, rows: { count: 1 } });
});

test('subscribers are a gauge, and dropped ones are counted', async () => {
  const { apps, running, url, values } = await open({ authorize: anyone, limits: { buffered: 1_000, time: 50 } });
  expect([values('subscribers'), values('subscribers.dropped')]).toEqual([{ all: 0 }, { all: 0 }]);
  const left = new AbortController();
  await fetch(`${url}/stores/balances/changes`, { signal: left.signal });
  expect(values('subscribers')).toEqual({ all: 1 });
  left.abort();
  while (values('subscribers').all !== 0) await new Promise((resolve) => setImmediate(resolve));
  expect(values('subscribers.dropped')).toEqual({ all: 0 });
  const socket = connect(Number(new URL(url).port), '127.0.0.1');
  socket.write('GET /stores/balances/changes HTTP/1.1\r\nhost: localhost\r\n\r\n');
  socket.pause();
  while (values('subscribers').all === 0) await new Promise((resolve) => setImmediate(resolve));
  const long = 'k'.repeat(200_000);
  for (let i = 0; values('subscribers.dropped').all === 0 && i < 200; i++) await apps.send([`${long}${i}`, i]);
  expect([values('subscribers'), values('subscribers.dropped')]).toEqual([{ all: 0 }, { all: 1 }]);
  socket.destroy();
  await running.close();
  expect(values('requests')).toEqual({});
});

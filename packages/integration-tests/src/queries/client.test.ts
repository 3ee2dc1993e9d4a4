/** The client of queries, against an application in two processes. */

import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { bearer } from '@kstreams/query';
import { QueryError, queryClient } from '@kstreams/query/client';
import type { View } from 'kstreams';
import { type Queried, QueriedApps } from './queried-app.js';

const token = 'a-token-of-some-length';
let apps: QueriedApps;
let one: Queried;
let other: Queried;

beforeAll(async () => {
  apps = await QueriedApps.open(4);
  one = await apps.begin({}, { authorize: bearer(token) });
  other = await apps.begin({}, { authorize: bearer(token) });
  await apps.placed(one, other);
  await apps.send(...Array.from({ length: 40 }, (_, i): [string, number] => [`k${(i * 7) % 13}`, i]));
});

afterAll(() => apps.close());

const clientOf = ({ url }: Queried) => queryClient(url, { token });

const collect = async <T>(rows: AsyncIterable<T>): Promise<T[]> => {
  const all: T[] = [];
  for await (const row of rows) all.push(row);
  return all;
};

/** Returns the rows of the views of both processes, sorted by their keys as text. */
const inProcess = async <K, V>(rowsOf: (of: Queried) => AsyncIterable<readonly [K, V]>) =>
  byKey((await Promise.all([one, other].map((process) => collect(rowsOf(process))))).flat());

const byKey = <K, V>(rows: readonly (readonly [K, V])[]): readonly (readonly [K, V])[] =>
  [...rows].sort(([a], [b]) => (JSON.stringify(a) < JSON.stringify(b) ? -1 : 1));

test('its views read what the views of the processes read', async () => {
  const client = clientOf(one);
  const [balances, pairs] = [client.view(one.balances), client.view(one.pairs)];
  const all = await collect(balances.all());
  expect(all).toEqual(await inProcess(({ balances: table, running }) => running.view(table).all()));
  expect(await collect(balances.all({ reverse: true }))).toEqual([...all].reverse());
  expect(await collect(balances.range('k2', 'k6'))).toEqual(all.filter(([key]) => key >= 'k2' && key < 'k6'));
  expect(await collect(balances.prefix('k1'))).toEqual(all.filter(([key]) => key.startsWith('k1')));
  expect(byKey(await collect(pairs.prefix(['k1'])))).toEqual(
    await inProcess(({ pairs: table, running }) => running.view(table).prefix(['k1'])),
  );
  for (const [key, { value }] of all) expect(await balances.get(key)).toBe(value);
  expect(await balances.get('nobody')).toBeUndefined();
  expect(await balances.count()).toBe(all.length);
});

test('it reads the windows of a key', async () => {
  const windows = await collect(clientOf(other).view(one.perMinute).fetch('k1', 0, 60_000, { reverse: true }));
  const holder = [one, other].find(({ balances, running }) => running.view(balances).holds('k1')) as Queried;
  expect(windows).toEqual(
    await collect(holder.running.view(holder.perMinute).fetch('k1', 0, 60_000, { reverse: true })),
  );
  expect(windows.length).toBeGreaterThan(0);
});

test('code for views in process also takes those of a client', async () => {
  const sum = async (view: Pick<View<string, number>, 'load' | 'range'>): Promise<number> => {
    let total = (await view.load('k1')) ?? 0;
    for await (const [, { value }] of view.range('k2', 'k3')) total += value;
    return total;
  };
  expect(await sum(clientOf(one).view<string, number>('balances'))).toBeGreaterThan(0);
});

test('it lists the stores', async () => {
  expect((await clientOf(one).stores()).map(({ name }) => name)).toEqual(['balances', 'per-minute', 'visits', 'pairs']);
});

test('it fails with the problem of a refusal, and tries the next process when one does not respond', async () => {
  const refused = queryClient(one.url).view(one.balances).get('k1');
  await expect(refused).rejects.toMatchObject({ problem: 'unauthorized', status: 401 });
  await expect(clientOf(one).view('nothing').count()).rejects.toBeInstanceOf(QueryError);
  const nobody = 'http://127.0.0.1:1';
  await expect(queryClient(nobody, { timeout: 0 }).stores()).rejects.toThrow('no process responds');
  const client = queryClient([nobody, other.url], { token });
  expect(await client.view(one.balances).count()).toBe(13);
  expect(() => queryClient([])).toThrow('has no address');
  expect(() => queryClient('localhost:7070')).toThrow('is no address');
});

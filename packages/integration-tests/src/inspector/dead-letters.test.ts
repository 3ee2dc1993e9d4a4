/** Dead letters in the inspector, and their replay. */
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { inspector } from '@kstreams/inspector';
import { awaitCommitted } from '@kstreams/test-support/await-committed';
import { toUtf8 } from 'kstreams/authors';
import { openShop, orders, type Shop } from './shop.js';

const token = 'a-token-of-some-length';
const page = inspector({ port: 0, token, replay: true });
const without = inspector({ port: 0, token });
let shop: Shop;

const send = async (path: string, init: RequestInit = {}, of = page) => {
  const { origin } = new URL(of.url ?? '');
  const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json', ...init.headers };
  const response = await fetch(`${origin}${path}`, { ...init, headers });
  const body = JSON.parse(await response.text());
  return { status: response.status, body };
};
const replay = (body: unknown, of = page) =>
  send('/api/replay', { method: 'POST', body: typeof body === 'string' ? body : JSON.stringify(body) }, of);
const letters = async () => (await send('/api/dead-letters')).body.letters;
const at = (offset: number) => ({ topic: 'orders-dead', partition: 0, offset });
const processed = (offset: number) =>
  awaitCommitted(shop.transport, shop.running, { topic: orders.name, partition: 0 }, offset);

beforeAll(async () => {
  shop = await openShop([page, without]);
  await shop.send([
    ['o1', { customer: '', total: 5 }, 1_000],
    ['o2', { customer: 'ann', total: 3 }, 2_000],
  ]);
  await processed(2);
});
afterAll(() => shop.close());

/** Writes a dead letter with given headers. */
const write = async (headers: Readonly<Record<string, string>>): Promise<number> => {
  const producer = await shop.transport.producer({ clientId: 'forger' });
  const pairs = Object.entries(headers).map(([name, text]) => [name, toUtf8(text)] as const);
  producer.send({ ...at(0), key: toUtf8('k'), value: Uint8Array.of(255), timestamp: 9, headers: pairs });
  await producer.flush();
  const end = producer.acknowledged({ topic: 'orders-dead', partition: 0 }) ?? 0;
  await producer.close();
  return end - 1;
};

test('a dead letter has its record, its error and its source', async () => {
  expect((await send('/api/dead-letters')).body).toMatchObject({ topics: ['orders-dead'], replay: true });
  expect(await letters()).toMatchObject([
    {
      ...at(0),
      key: 'o1',
      value: { customer: '', total: 5 },
      exception: 'RangeError',
      message: expect.stringContaining('an order has no customer'),
      source: { topic: 'orders', partition: 0, offset: 0 },
      omitted: false,
    },
  ]);
});

test('a replayed letter is processed again, and names its letter', async () => {
  expect(await replay({ letters: [at(0)] })).toEqual({ status: 200, body: { replayed: 1, refused: [] } });
  await processed(3);
  const [newest] = await letters();
  expect(newest).toMatchObject({ key: 'o1', source: { offset: 2 } });
  expect(newest.headers).toEqual([['kstreams.replayed-from', 'orders-dead-0@0']]);
});

test('letters of other topics, without a source, or of a topic that is not read are refused', async () => {
  const error = { '__streams.errors.partition': '0', '__streams.errors.offset': '0' };
  const [plain, foreign, wide, bare] = [
    await write({}),
    await write({ ...error, '__streams.errors.topic': 'totals' }),
    await write({ ...error, '__streams.errors.topic': 'orders', '__streams.errors.partition': '7' }),
    await write({ ...error, '__streams.errors.topic': 'orders', '__streams.errors.omitted': 'record' }),
  ];
  const chosen = [{ ...at(0), topic: 'totals' }, at(plain), at(foreign), at(wide), at(bare), at(999)];
  const { body } = await replay({ letters: chosen });
  expect(body.replayed).toBe(0);
  expect(body.refused.map(({ reason }: { reason: string }) => reason)).toEqual([
    'its topic is no declared dead-letter topic',
    'it has no headers of an error',
    'the application does not read topic "totals"',
    'topic "orders" has no partition 7',
    'its key and value were too large and are left out',
    'it is not there',
  ]);
});

test('bytes that are no text are shown as bytes', async () => {
  await write({ password: 'a-secret' });
  const [newest] = (await letters()).filter(({ timestamp }: { timestamp: number }) => timestamp === 9);
  expect([newest.value, newest.headers]).toEqual([{ $bytes: '/w==' }, [['password', '[redacted]']]]);
});

test('malformed replays are refused, and all where they are turned off', async () => {
  expect((await replay('no json')).status).toBe(400);
  expect((await replay({ letters: [{ topic: 'a' }] })).status).toBe(400);
  expect((await replay({ letters: Array.from({ length: 101 }, () => at(0)) })).status).toBe(400);
  expect((await replay({ letters: [], more: 'x'.repeat(70_000) })).status).toBe(413);
  expect(
    (await send('/api/replay', { method: 'POST', body: '{}', headers: { 'content-type': 'text/plain' } })).status,
  ).toBe(400);
  expect((await send('/api/replay')).status).toBe(405);
  expect((await replay({ letters: [at(0)] }, without)).status).toBe(403);
  expect((await send('/api/replay', { method: 'POST', headers: { authorization: 'Bearer no' } })).status).toBe(401);
});

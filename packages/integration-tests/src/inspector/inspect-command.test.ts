/** `kstreams inspect`, on the inspector of an application. */
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { main } from '@kstreams/cli';
import { type Inspector, inspector } from '@kstreams/inspector';
import { awaitCommitted } from '@kstreams/test-support/await-committed';
import { sendTexts } from '@kstreams/test-support/text-records';
import { type App, embedded, memory, start, streams, string, topic } from 'kstreams';

let log: ReturnType<typeof embedded>;
let page: Inspector;
let app: App;

beforeEach(async () => {
  log = embedded();
  page = inspector({ port: 0 });
  const shop = streams('shop');
  shop
    .stream(topic('orders', { key: string, value: string }))
    .groupByKey()
    .count({ name: 'counts' });
  app = await start(shop, { transport: log, state: memory(), commitInterval: 10, extensions: [page] });
  await app.running();
  await sendTexts(log, 'orders', [['ann', 'tea']]);
  await awaitCommitted(log, app, { topic: 'orders', partition: 0 }, 1);
});
afterEach(async () => {
  await app.close();
  await log.close();
});

const inspect = async (...given: readonly string[]) => {
  const [printed, reported]: [string[], string[]] = [[], []];
  const code = await main(['inspect', ...given], {
    print: (line) => printed.push(line),
    report: (line) => reported.push(line),
  });
  return { code, printed, reported };
};

test('prints processes with their tasks, lags and stores', async () => {
  const { code, printed } = await inspect(page.url ?? '');
  expect(printed[0]).toBe('shop: 1 process');
  expect(printed.slice(2).map((line) => line.replace(/^.*: running$/, '…: running'))).toEqual([
    '…: running',
    'task  lag  topics  stores',
    '0_0     0  orders  counts',
  ]);
  expect(code).toBe(0);
  const json = await inspect(page.url ?? '', '--json');
  expect(JSON.parse(json.printed.join(''))).toMatchObject({
    application: 'shop',
    processes: [{ state: 'running', ready: true, tasks: [{ id: '0_0', stores: ['counts'] }] }],
    missing: [],
  });
});

test('reports an address without its token, a wrong token, and an inspector that does not respond', async () => {
  const { url = '' } = page;
  const without = await inspect(url.replace(/#.*/, ''));
  expect(without.code).toBe(2);
  expect(without.reported.join()).toMatch(/has no token: pass the address/);
  const wrong = await inspect(`${url}x`);
  expect(wrong.reported.join()).toMatch(/refuses \/api\/application with 401/);
  await app.close();
  const closed = await inspect(url);
  expect(closed.code).toBe(1);
  expect(closed.reported.join()).toMatch(/no inspector responds at http:\/\/127\.0\.0\.1:\d+ .*: start it first/);
});

/** Requests of any form get a valid response, and none fails in the application. */

import { once } from 'node:events';
import { type IncomingMessage, request } from 'node:http';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { type Queried, QueriedApps } from './queried-app.js';

let apps: QueriedApps;
let one: Queried;

beforeAll(async () => {
  apps = await QueriedApps.open(2);
  one = await apps.begin();
  await one.running.running();
  await apps.send(['ann', 5], ['bob', 1], ['ann', 2]);
});

afterAll(() => apps.close());

interface Answer {
  readonly status: number;
  readonly type: string;
  readonly text: string;
}

/** Sends a request as it is, without the checks of `fetch`. */
const send = async (path: string, headers: Readonly<Record<string, string>>): Promise<Answer> => {
  const { hostname, port } = new URL(one.url);
  const asked = request({ hostname, port, path, headers }).end();
  const [response] = (await once(asked, 'response')) as [IncomingMessage];
  const type = response.headers['content-type'] ?? '';
  let text = '';
  for await (const piece of response) {
    text += piece;
    if (type === 'text/event-stream') break;
  }
  return { status: response.statusCode ?? 0, type, text };
};

const json = fc.oneof(
  fc.json({ maxDepth: 3 }),
  fc.constantFrom(
    '"ann"',
    '["ann",1]',
    '{"key":"ann","start":0,"end":60000}',
    '{"$bytes":"AA=="}',
    '{"$map":[]}',
    '',
    '[',
  ),
  fc.constantFrom('{"key":"ann","start":0.5,"end":1e99}', '{"key":{"$bigint":"1"},"start":-1,"end":9007199254740991}'),
  fc.string(),
);
const name = fc.constantFrom('key', 'from', 'to', 'prefix', 'reverse', 'limit', 'page', 'isolation', 'after', 'x');
const text = fc.oneof(json, fc.constantFrom('1', '-1', '9007199254740991', 'true', 'latest', 'MCA1IGE', '0=a.1'));
const search = fc
  .array(fc.tuple(name, text), { maxLength: 4 })
  .map((entries) => entries.map(([key, value]) => `${key}=${encodeURIComponent(value.toWellFormed())}`).join('&'));
const store = fc.constantFrom(
  'balances',
  'per-minute',
  'visits',
  'pairs',
  'nothing',
  '..',
  '%00',
  '%2e%2e',
  '__proto__',
);
const operation = fc.constantFrom('get', 'rows', 'windows', 'count', 'changes', 'constructor', '');
const route = fc.tuple(store, operation, search).map(([a, b, c]) => `/stores/${a}/${b}?${c}`);
const garbage = fc.string({ unit: fc.integer({ min: 33, max: 126 }).map((code) => String.fromCharCode(code)) });
const path = fc.oneof({ weight: 8, arbitrary: route }, { weight: 1, arbitrary: garbage.map((any) => `/${any}`) });
const printable = fc.string({ unit: fc.integer({ min: 32, max: 126 }).map((code) => String.fromCharCode(code)) });
const headers = fc.dictionary(
  fc.constantFrom('kstreams-partitions', 'last-event-id', 'authorization', 'origin', 'accept', 'cookie'),
  fc.oneof(printable, fc.constantFrom('0', '0,1', '7', '0=a.1', 'http://localhost')),
  { maxKeys: 2 },
);

test('any request is served or has a problem that is not a failure', async () => {
  await fc.assert(
    fc.asyncProperty(path, headers, async (of, having) => {
      const { status, text: body, type } = await send(of, having);
      if (type === 'text/event-stream') return expect(body).toContain('event: begin');
      const parsed: unknown = JSON.parse(body);
      if (status === 200) return expect(type).toBe('application/json');
      expect([400, 403, 404, 503]).toContain(status);
      expect(type).toBe('application/problem+json');
      expect(parsed).toMatchObject({ status, type: expect.stringMatching(/^urn:kstreams:problem:[a-z-]+$/) });
    }),
    { numRuns: 150 },
  );
  expect(apps.errors).toEqual([]);
});

/** Applications whose connections to a database are cut at any message, under both guarantees. */
import { expect, test } from '@jest/globals';
import { postgres } from '@kstreams/postgres';
import { redis } from '@kstreams/redis';
import { CollectingApp } from '@kstreams/test-support/collecting-app';
import { quiet } from '@kstreams/test-support/quiet-logger';
import { describeWith, type Service } from '@kstreams/test-support/services';
import { temporaryFolders } from '@kstreams/test-support/temporary-folders';
import { type App, embedded, type Guarantee, start } from 'kstreams';
import type { Backend } from 'kstreams/authors';
import pg from 'pg';
import { createClient } from 'redis';
import { type CuttingProxy, openCuttingProxy } from './cutting-proxy.js';

const newFolder = temporaryFolders();

/** A client of a database behind a proxy, for one process. */
interface Connected {
  readonly state: Backend;
  readonly close: () => Promise<unknown>;
}

const databases: Readonly<Record<string, (url: URL, place: string) => Promise<Connected>>> = {
  redis: async (url, prefix) => {
    const client = createClient({ url: `redis://${url.host}`, socket: { reconnectStrategy: false } });
    client.on('error', () => {});
    await client.connect();
    return { state: redis({ client, prefix, space: 'a', format: 'json' }), close: async () => client.destroy() };
  },
  postgres: async (url, schema) => {
    const pool = new pg.Pool({ connectionString: url.href, max: 2 });
    pool.on('error', () => {});
    return { state: postgres({ pool, schema, space: 'a', format: 'json' }), close: () => pool.end() };
  },
};

/** Sends records to one process after the other, whose connections are cut. Returns how many were sent, and the failures. */
const storm = async (
  collecting: CollectingApp,
  run: (connected: Connected) => Promise<App>,
  connect: () => Promise<Connected>,
  proxy: CuttingProxy,
) => {
  let [failures, sent] = [0, 0];
  for (let process = 1; process <= 25; process++) {
    const connected = await connect();
    proxy.cutAfter(process * 3);
    const app = await run(connected).catch(() => undefined);
    app?.closed.catch(() => {});
    await app?.running().catch(() => {});
    for (let i = 0; i < 6 && app?.state === 'running'; i++) {
      await collecting.send(sent, sent + 3);
      sent += 3;
      await collecting.read(app, sent);
    }
    if (app?.state !== 'running') failures++;
    await app?.close().catch(() => {});
    proxy.cutAfter(Number.POSITIVE_INFINITY);
    await connected.close().catch(() => {});
  }
  return { failures, sent };
};

for (const [service, connectTo] of Object.entries(databases)) {
  describeWith(service as Service, `connections to ${service} that are cut`, (address) => {
    test.each<Guarantee>(['at-least-once', 'exactly-once'])('lose nothing %s', async (guarantee) => {
      const direct = new URL(address.includes('://') ? address : `redis://${address}`);
      const proxy = await openCuttingProxy(direct.hostname, Number(direct.port));
      const behind = new URL(direct);
      behind.port = `${proxy.port}`;
      const place = `storm-${crypto.randomUUID()}`;
      const log = embedded();
      const collecting = await new CollectingApp(log, 'collecting').prepare();
      const folder = await newFolder();
      const run = ({ state }: Connected): Promise<App> => {
        const options = { guarantee, folder, commitInterval: 0, transactionTimeout: 300, logger: quiet } as const;
        return start(collecting.app, { ...options, transport: log, state });
      };
      const { failures, sent } = await storm(collecting, run, () => connectTo(behind, place), proxy);
      expect(failures).toBeGreaterThan(3);
      expect(sent).toBeGreaterThan(30);
      const connected = await connectTo(direct, place);
      const last = await run(connected);
      await collecting.read(last, sent);
      if (guarantee === 'exactly-once') await collecting.expectExactly(sent, last);
      const rows = await collecting.rows([last], sent);
      const seen = new Set([...rows.values()].flat());
      expect([...seen].sort((a, b) => a - b)).toEqual(Array.from({ length: sent }, (_, i) => i));
      await last.close();
      await connected.close();
      await proxy.close();
      await log.close();
    });
  });
}

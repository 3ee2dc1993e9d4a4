/**
 * Runs a process that counts orders on a Kafka cluster and serves the counts on loopback. Forwards a query to the
 * owner of the customer. Writes its events as lines of JSON; SIGTERM closes it.
 *
 * node --import ./tools/run/register.js packages/integration-tests/src/cluster/query-member.ts
 * '{"brokers":…,"name":…,"folder":…}'
 */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type App, start } from 'kstreams';
import { kafka } from 'kstreams/kafka';
import { type Member, shop } from './shop.js';

const { brokers, folder, name } = JSON.parse(process.argv[2] as string) as Member;

const server = createServer(async ({ url = '' }, response) => {
  const key = url.slice(1);
  const found = app.metadata.forKey('orders-by-customer', key);
  if (found === undefined) response.writeHead(503).end();
  else if (!found.local) response.end(await (await fetch(`${found.endpoint}${url}`)).text());
  else response.end(JSON.stringify({ by: endpoint, count: app.view('orders-by-customer').get(key) ?? 0 }));
});
await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
const endpoint = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;

const tell = (what: object): boolean => process.stdout.write(`${JSON.stringify(what)}\n`);
const app: App = await start(shop(name), {
  transport: kafka({ brokers, consumer: { 'heartbeat.interval.ms': 300, 'session.timeout.ms': 6_000 } }),
  folder,
  endpoint,
  commitInterval: '100ms',
  signals: true,
  logger: { debug: () => {}, info: () => {}, warn: console.error, error: console.error },
});
tell({ kind: 'listening', endpoint });
app.events$.subscribe(tell);
app.metadata.instances$.subscribe((instances) => tell({ kind: 'instances', instances }));
await app.closed;
server.close();
server.closeAllConnections();

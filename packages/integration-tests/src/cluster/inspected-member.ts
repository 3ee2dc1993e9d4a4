/**
 * Runs a process that counts orders on a Kafka cluster and serves the inspector on loopback. Writes its events as lines of JSON.
 *
 * node --import ./tools/run/register.js packages/integration-tests/src/cluster/inspected-member.ts
 * '{"brokers":…,"name":…,"folder":…}'
 */
import { inspector } from '@kstreams/inspector';
import { freePort } from '@kstreams/test-support/free-port';
import { start } from 'kstreams';
import { kafka } from 'kstreams/kafka';
import { countedOrders } from './counted-orders.js';
import type { Member } from './shop.js';

const { brokers, folder, name } = JSON.parse(process.argv[2] as string) as Member;

const write = (event: object): boolean => process.stdout.write(`${JSON.stringify(event)}\n`);
const port = await freePort();
const endpoint = `http://127.0.0.1:${port}`;
const app = await start(countedOrders(name).app, {
  transport: kafka({ brokers, consumer: { 'heartbeat.interval.ms': 300, 'session.timeout.ms': 6_000 } }),
  folder,
  endpoint,
  commitInterval: '50ms',
  logger: { debug: () => {}, info: () => {}, warn: console.error, error: console.error },
  extensions: [inspector({ port, token: 'a-token-of-some-length' })],
});
write({ kind: 'listening', endpoint });
app.events$.subscribe(write);
app.metadata.instances$.subscribe((instances) => write({ kind: 'instances', instances }));
await app.closed;

/**
 * Runs a process that joins orders with customers on a Kafka cluster and counts them. Writes its events as lines of
 * JSON; SIGTERM closes it, and nothing keeps the process alive afterwards.
 *
 * node --import ./tools/run/register.js packages/integration-tests/src/cluster/shop-member.ts
 * '{"brokers":…,"name":…,"folder":…}'
 */
import { start } from 'kstreams';
import { kafka } from 'kstreams/kafka';
import { type Member, shop } from './shop.js';

const { brokers, folder, instanceId, name } = JSON.parse(process.argv[2] as string) as Member;

const app = await start(shop(name), {
  transport: kafka({ brokers, consumer: { 'heartbeat.interval.ms': 300, 'session.timeout.ms': 20_000 } }),
  folder,
  commitInterval: '100ms',
  signals: true,
  logger: { debug: () => {}, info: () => {}, warn: console.error, error: console.error },
  ...(instanceId === undefined ? {} : { instanceId }),
});
app.events$.subscribe((event) => process.stdout.write(`${JSON.stringify(event)}\n`));
await app.closed;

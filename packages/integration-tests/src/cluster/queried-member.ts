/**
 * Runs a process that counts orders on a Kafka cluster and serves queries of the counts on loopback.
 *
 * node --import ./tools/run/register.js packages/integration-tests/src/cluster/queried-member.ts
 * '{"brokers":…,"name":…,"folder":…}'
 */
import { anyone, queryServer } from '@kstreams/query';
import { freePort } from '@kstreams/test-support/free-port';
import { readArguments, runMember } from '@kstreams/test-support/run-member';
import { countedOrders } from './counted-orders.js';

const port = await freePort();
await runMember(countedOrders(readArguments().name).app, {
  endpoint: `http://127.0.0.1:${port}`,
  extensions: [queryServer({ authorize: anyone, port })],
});

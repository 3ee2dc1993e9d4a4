/**
 * Runs a process that counts orders on a Kafka cluster and serves the inspector on loopback.
 *
 * node --import ./tools/run/register.js packages/integration-tests/src/cluster/inspected-member.ts
 * '{"brokers":…,"name":…,"folder":…}'
 */
import { inspector } from '@kstreams/inspector';
import { freePort } from '@kstreams/test-support/free-port';
import { readArguments, runMember } from '@kstreams/test-support/run-member';
import { countedOrders } from './counted-orders.js';

const port = await freePort();
await runMember(countedOrders(readArguments().name).app, {
  endpoint: `http://127.0.0.1:${port}`,
  extensions: [inspector({ port, token: 'a-token-of-some-length' })],
});

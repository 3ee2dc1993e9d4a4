/**
 * Runs a process that joins and counts orders on a Kafka cluster and serves the counts on loopback. Forwards a query to the
 * owner of the customer.
 *
 * node --import ./tools/run/register.js packages/integration-tests/src/cluster/query-member.ts
 * '{"brokers":…,"name":…,"folder":…}'
 */
import { HttpServer } from '@kstreams/runtime/http';
import { freePort } from '@kstreams/test-support/free-port';
import { readArguments, runMember } from '@kstreams/test-support/run-member';
import { shop } from './shop.js';

const port = await freePort();
const endpoint = `http://127.0.0.1:${port}`;
const server = new HttpServer(
  {
    open: (app) => async (request, response) => {
      const { url = '/' } = request;
      const key = url.slice(1);
      const found = app.metadata.forKey('orders-by-customer', key);
      if (found === undefined) response.writeHead(503).end();
      else if (!found.local) response.end(await (await fetch(`${found.endpoint}${url}`)).text());
      else response.end(JSON.stringify({ by: endpoint, count: app.view('orders-by-customer').get(key) ?? 0 }));
    },
  },
  { host: '127.0.0.1', port },
);
await runMember(shop(readArguments().name), {
  endpoint,
  commitInterval: '100ms',
  extensions: [{ name: 'counts', started: (app) => server.started(app), closing: () => server.closing() }],
});

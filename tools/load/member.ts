/**
 * Runs one process of the load, which processes nothing before a request for `/resume`, and after one for `/pause`. It serves queries of its rows, an empty
 * handler at `/empty`, and the number of its processed records at `/processed`.
 *
 * node --import ./tools/run/register.js tools/load/member.ts '{"brokers":…,"name":…,"folder":…,"port":…}'
 */
import { anyone, queries } from '@kstreams/query';
import { HttpServer } from '@kstreams/runtime/http';
import { readArguments, runMember } from '@kstreams/test-support/run-member';
import { latest } from './input.js';

const { name, port = 0 } = readArguments();
// Subscriptions that other processes forward count, too.
const served = queries({ authorize: anyone, limits: { subscriptions: 200 } });
const server = new HttpServer(
  {
    open: async (app) => {
      await served.started(app);
      app.pause();
      return (request, response) => {
        if (request.url === '/empty') response.end();
        else if (request.url === '/pause' || request.url === '/resume') {
          if (request.url === '/pause') app.pause();
          else app.resume();
          response.end();
        } else if (request.url === '/processed') response.end(String(app.counts.processed));
        else served.handler(request, response);
      };
    },
    close: () => served.closing?.(),
  },
  { host: '127.0.0.1', port },
);
await runMember(latest(name), {
  endpoint: `http://127.0.0.1:${port}`,
  commitInterval: '5s',
  extensions: [{ name: 'load', started: (app) => server.started(app), closing: () => server.closing() }],
});

/** Measures reads of keys over HTTP against a handler that reads nothing, over 8 kept connections of one process. */
import { once } from 'node:events';
import { Agent, createServer, get, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { anyone, queries } from '@kstreams/query';
import { embedded, fromAsyncIterable, int32, memory, start, streams, topic } from 'kstreams';
import type { Benchmark, Trial } from '../benchmark.js';

const rows = 10_000;
const connections = 8;
const quiet = { debug: () => {}, info: () => {}, warn: () => {}, error: () => {} };

/** Serves a handler, and sends it the reads of keys in turn. */
const trial = async (
  handler: Parameters<typeof createServer>[1],
  size: number,
  end = async () => {},
): Promise<Trial> => {
  const server: Server = createServer(handler).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const agent = new Agent({ keepAlive: true, maxSockets: connections });
  let [next, served] = [0, 0];
  const read = async (): Promise<void> => {
    while (next < size) {
      const path = `/stores/counts/get?key=${next++ % rows}`;
      const [response] = (await once(get({ host: '127.0.0.1', port, path, agent }), 'response')) as [IncomingMessage];
      response.resume();
      await once(response, 'end');
      if (response.statusCode === 200) served++;
    }
  };
  return {
    run: async () => void (await Promise.all(Array.from({ length: connections }, read))),
    result: () => served,
    close: async () => {
      agent.destroy();
      server.close();
      await end();
    },
  };
};

export const keysOverHttp: Benchmark = {
  name: 'queries',
  compares: 'reads of keys over HTTP; a handler that returns a constant text',
  unit: 'requests',
  size: 20_000,
  kstreams: async (size) => {
    const numbers = topic('numbers', { key: int32, value: int32 });
    const app = streams('queried');
    app.stream(numbers).groupByKey().count({ name: 'counts' });
    const transport = embedded();
    const admin = await transport.admin();
    await admin.create([{ name: numbers.name, partitions: 4, config: {} }]);
    async function* entries() {
      for (let key = 0; key < rows; key++) yield { key, value: key };
    }
    await fromAsyncIterable(entries(), numbers, { transport });
    const served = queries({ authorize: anyone });
    const running = await start(app, { transport, state: memory(), logger: quiet, extensions: [served] });
    while (running.counts.processed < rows) await new Promise((resolve) => setImmediate(resolve));
    return trial(served.handler, size, async () => {
      await running.close();
      await transport.close();
    });
  },
  byHand: (size) =>
    trial((_, response) => {
      response.writeHead(200, { 'content-type': 'application/json' }).end('{"key":7,"value":1,"timestamp":0}');
    }, size),
};

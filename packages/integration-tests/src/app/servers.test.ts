/** The servers of extensions that cannot listen. */
import { once } from 'node:events';
import { type AddressInfo, createServer } from 'node:net';
import { logVerbosity, setLogVerbosity } from '@grpc/grpc-js';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { inspector } from '@kstreams/inspector';
import { metricsServer, prometheus } from '@kstreams/prometheus';
import { anyone, queryServer } from '@kstreams/query';
import { grpcQueryServer } from '@kstreams/query-grpc';
import { quiet as logger } from '@kstreams/test-support/quiet-logger';
import { embedded, memory, start, streams, string, topic } from 'kstreams';
import type { Extension } from 'kstreams/authors';

// It prints the reason of a failed start.
setLogVerbosity(logVerbosity.NONE);

const words = topic('words', { key: string, value: string });

/** Starts and closes an application with an extension. */
const runWith = async (extension: Extension): Promise<void> => {
  const transport = embedded();
  const app = streams('served');
  app.stream(words).groupByKey().count({ name: 'counts' });
  try {
    const running = await start(app, { transport, state: memory(), logger, extensions: [extension] });
    await running.close();
  } finally {
    await transport.close();
  }
};

const kinds: readonly (readonly [name: string, create: (address: { host?: string; port: number }) => Extension])[] = [
  ['metricsServer', (address) => metricsServer(prometheus(), address)],
  ['queryServer', (address) => queryServer({ authorize: anyone, ...address })],
  ['grpcQueryServer', (address) => grpcQueryServer({ authorize: anyone, ...address })],
  ['inspector', (address) => inspector(address)],
];

describe.each(kinds)('%s', (_, create) => {
  const other = createServer();
  let taken = 0;
  beforeAll(async () => {
    await once(other.listen(0, '127.0.0.1'), 'listening');
    taken = (other.address() as AddressInfo).port;
  });
  afterAll(() => void other.close());

  test('fails the start with advice when its port is taken', async () => {
    await expect(runWith(create({ port: taken }))).rejects.toThrow(
      `failed to start: cannot listen at 127.0.0.1:${taken}, another program listens there: choose another "port"`,
    );
  });

  test('fails the start when its address is that of another machine', async () => {
    await expect(runWith(create({ host: '192.0.2.1', port: 0 }))).rejects.toThrow(
      'cannot listen at 192.0.2.1:0, no interface of this machine has the address: choose another "host"',
    );
  });

  test('refuses a port beyond 65535', () => {
    expect(() => create({ port: 65_536 })).toThrow('"port"');
  });

  test('starts at a free port', () => runWith(create({ port: 0 })));
});

import { once } from 'node:events';
import { type AddressInfo, createServer } from 'node:net';
import { expect, test } from '@jest/globals';
import { quiet as logger } from '@kstreams/test-support/quiet-logger';
import { describeWith } from '@kstreams/test-support/services';
import { embedded, type Transport } from 'kstreams';
import { kafka } from 'kstreams/kafka';
import { followUntil, movements, pay, serve } from './main.js';

const freePort = async (): Promise<number> => {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
};

/** Follows the balances of two processes on a log. */
const followed = async (transport: Transport): Promise<Record<string, number>> => {
  const admin = await transport.admin();
  await admin.create([{ name: movements.name, partitions: 4, config: {} }]);
  await admin.close();
  const ports = [await freePort(), await freePort()] as const;
  const processes = await Promise.all(ports.map((port) => serve(port, { transport, logger, commitInterval: 10 })));
  const followed = followUntil(ports[0], 127);
  await pay(transport);
  const balances = await followed;
  for (const one of processes) await one.close();
  return balances;
};

const expected = { ann: 70, bob: 50, anton: 7 };

test('follows the balances of two processes through one of them', async () => {
  const transport = embedded();
  expect(await followed(transport)).toEqual(expected);
  await transport.close();
});

describeWith('kafka', 'on a broker', (brokers) => {
  test('follows the balances of two processes through one of them', async () => {
    const transport = kafka({ brokers });
    const admin = await transport.admin();
    const mine = [movements.name, 'bank-over-http-balances-changelog', 'bank-over-http-metadata'];
    await admin.delete([...(await admin.topics(mine)).keys()]);
    await admin.close();
    expect(await followed(transport)).toEqual(expected);
  });
});

import { once } from 'node:events';
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net';
import { afterEach, expect, test } from '@jest/globals';
import { TestClock } from '@kstreams/testing';
import { Connections } from './connections.js';

const timeouts = { control: 1_000, fetch: 1_000, join: 1_000, produce: 1_000 };
const clock = new TestClock();
const cleanups: (() => void | Promise<void>)[] = [];

afterEach(async () => {
  for (const cleanup of cleanups.splice(0)) await cleanup();
});

/** Starts a server that accepts sockets and responds to nothing. */
const listen = async (port = 0): Promise<{ server: Server; port: number; sockets: Socket[] }> => {
  const sockets: Socket[] = [];
  const server = createServer((socket) => {
    sockets.push(socket);
    socket.on('error', () => {});
  });
  server.listen(port, '127.0.0.1');
  await once(server, 'listening');
  cleanups.push(() => {
    for (const socket of sockets) socket.destroy();
    server.close();
  });
  return { server, port: (server.address() as AddressInfo).port, sockets };
};

const connections = (log: (message: string) => void = () => {}): Connections => {
  const made = new Connections({ settings: { brokers: '' }, clock, log }, 'c', timeouts);
  cleanups.push(() => made.close());
  return made;
};

test('a broker that cannot be reached is tried after growing pauses of at most a second', async () => {
  const { port, server } = await listen();
  server.close();
  await once(server, 'close');
  const broker = { host: '127.0.0.1', port };
  const attempts: number[] = [];
  const open = connections(() => attempts.push(clock.monotonic()));
  const began = clock.monotonic();
  while (clock.monotonic() - began < 4_000) {
    await expect(open.to(broker, 'control')).rejects.toThrow('ECONNREFUSED');
    clock.advance(10);
  }
  expect(attempts.map((at) => at - began)).toEqual([0, 50, 150, 350, 750, 1_550, 2_550, 3_550]);
  await listen(port);
  await expect(open.to(broker, 'control')).rejects.toThrow('ECONNREFUSED');
  clock.advance(1_000);
  await open.to(broker, 'control');
});

test('attempts for several purposes that fail together count as one', async () => {
  const { port, server } = await listen();
  server.close();
  await once(server, 'close');
  const broker = { host: '127.0.0.1', port };
  const open = connections();
  const lanes = ['control', 'fetch', 'join', 'produce'] as const;
  await Promise.allSettled(lanes.map((lane) => open.to(broker, lane)));
  await listen(port);
  clock.advance(50);
  await Promise.all(lanes.map((lane) => open.to(broker, lane)));
});

test('the last event of a lost connection does not drop its successor', async () => {
  const { port } = await listen();
  const broker = { host: '127.0.0.1', port };
  const open = connections();
  const first = await open.to(broker, 'control');
  first.emit('error', new Error('lost'));
  const second = await open.to(broker, 'control');
  expect(second).not.toBe(first);
  first.emit('close');
  expect(await open.to(broker, 'control')).toBe(second);
  await first.close();
});

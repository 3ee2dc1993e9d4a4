import { once } from 'node:events';
import { get, type IncomingMessage, type RequestListener, type Server } from 'node:http';
import { connect } from 'node:net';
import { afterEach, expect, test } from '@jest/globals';
import type { StartedApplication } from '../app/app.js';
import type { Logger } from '../app/logger.js';
import { HttpServer } from './http-server.js';

const servers: HttpServer[] = [];
afterEach(async () => {
  for (const server of servers.splice(0)) await server.closing();
});

/** A server on loopback, with its log and the calls of its content. */
const served = (handler: RequestListener = (_, response) => void response.end('ok'), address = {}) => {
  const calls: string[] = [];
  const warnings: object[] = [];
  const logger = { warn: (fields: object) => void warnings.push(fields) } as unknown as Logger;
  const application = { name: 'shop', options: { logger } } as unknown as StartedApplication;
  const open = (): RequestListener => {
    calls.push('open');
    return handler;
  };
  const close = (): void => void calls.push('close');
  const server = new HttpServer({ open, close }, { host: '127.0.0.1', port: 0, ...address });
  const started = async (): Promise<number> => {
    await server.started(application);
    servers.push(server);
    return server.address?.port as number;
  };
  return { calls, server, started, warnings };
};

test('the content opens before the server listens, and closes with it', async () => {
  const { calls, server, started } = served();
  expect(server.address).toBeUndefined();
  const port = await started();
  expect(await (await fetch(`http://127.0.0.1:${port}`)).text()).toBe('ok');
  await server.closing();
  expect(calls).toEqual(['open', 'close']);
  expect(server.address).toBeUndefined();
  await expect(fetch(`http://127.0.0.1:${port}`)).rejects.toThrow();
});

test('a taken port is an error with advice, and closes the content', async () => {
  const port = await served().started();
  const { calls, started } = served(undefined, { port });
  await expect(started()).rejects.toMatchObject({
    code: 'KSTREAMS_CONFIG',
    message: expect.stringMatching(`cannot listen at 127.0.0.1:${port}, another program listens there: .*EADDRINUSE`),
  });
  expect(calls).toEqual(['open', 'close']);
});

test.each([
  ['192.0.2.1', /^cannot listen at 192\.0\.2\.1:0, no interface of this machine has the address/],
  ['2001:db8::1', /^cannot listen at \[2001:db8::1\]:0, /],
])('the address %s of another machine is refused', async (host, message) => {
  await expect(served(undefined, { host }).started()).rejects.toThrow(message);
});

test('closing ends idle connections, requests half sent and responses half sent', async () => {
  const { server, started } = served((_, response) => void response.write('half'));
  const port = await started();
  const idle = connect(port, '127.0.0.1');
  const sending = connect(port, '127.0.0.1');
  await Promise.all([once(idle, 'connect'), once(sending, 'connect')]);
  sending.write('GET / HT');
  const [response] = (await once(get({ host: '127.0.0.1', port }), 'response')) as [IncomingMessage];
  await once(response, 'data');
  const ends = [once(idle, 'close'), once(sending, 'close'), once(response, 'error')];
  for (const socket of [idle, sending]) socket.on('error', () => {});
  await server.closing();
  await Promise.all(ends);
});

test('an error after the start is a warning each time', async () => {
  let http: Server | undefined;
  const { started, warnings } = served((request, response) => {
    http = (request.socket as unknown as { server: Server }).server;
    response.end();
  });
  await (await fetch(`http://127.0.0.1:${await started()}`)).text();
  const err = new Error('accept EMFILE');
  http?.emit('error', err);
  http?.emit('error', err);
  const entry = { application: 'shop', code: 'connection-failed', err };
  expect(warnings).toEqual([entry, entry]);
});

import { once } from 'node:events';
import { createServer } from 'node:net';

/** Returns a port of the loopback address that nothing listens at. */
export const freePort = async (): Promise<number> => {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as { port: number };
  server.close();
  await once(server, 'close');
  return port;
};

import { type AddressInfo, connect, createServer, type Socket } from 'node:net';

/** A proxy of a server that cuts connections: requests, or replies to requests that the server has applied, are lost. */
export interface CuttingProxy {
  readonly port: number;
  /** Cuts every connection once this many more messages have passed. */
  cutAfter(messages: number): void;
  close(): Promise<void>;
}

/** Opens a proxy on loopback. */
export const openCuttingProxy = async (host: string, port: number): Promise<CuttingProxy> => {
  const sockets = new Set<Socket>();
  let left = Number.POSITIVE_INFINITY;
  const cut = (): void => {
    for (const socket of sockets) socket.destroy();
  };
  const pass = (from: Socket, to: Socket): void => {
    sockets.add(from);
    from.on('error', () => {});
    from.on('close', () => {
      sockets.delete(from);
      to.destroy();
    });
    from.on('data', (data) => {
      if (--left > 0) to.write(data);
      else {
        left = Number.POSITIVE_INFINITY;
        cut();
      }
    });
  };
  const server = createServer((client) => {
    const upstream = connect(port, host);
    pass(client, upstream);
    pass(upstream, client);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    port: (server.address() as AddressInfo).port,
    cutAfter: (messages) => {
      left = messages;
    },
    close: async () => {
      cut();
      await new Promise((resolve) => server.close(resolve));
    },
  };
};

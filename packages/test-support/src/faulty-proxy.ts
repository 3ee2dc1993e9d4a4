/** A proxy of an HTTP server, whose responses fail. */
import { createServer, type IncomingMessage, request, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/**
 * A failure of one request: refused with a status and a body, applied without a response, cut in the middle of its response's
 * body, or never sent.
 */
export type HttpFault =
  | { readonly status: number; readonly body: string }
  | 'lost-response'
  | 'truncated'
  | 'never'
  | undefined;

/** Returns the failure of a request. */
export type NextFault = (request: { readonly method: string; readonly path: string }) => HttpFault;

/** A running proxy. */
export interface FaultyProxy {
  readonly url: string;
  /** Decides over each request; undefined lets all through. */
  fault: NextFault | undefined;
  /** The number of requests that it has responded to, or never will. */
  readonly responses: number;
  close(): Promise<void>;
}

/**
 * Starts a proxy in front of a server.
 *
 * @example
 * const proxy = await faultyProxy('http://127.0.0.1:9000')
 * proxy.fault = () => ({ status: 503, body: 'Slow Down' })
 */
export const faultyProxy = async (target: string): Promise<FaultyProxy> => {
  let responses = 0;
  const server = createServer((incoming, outgoing) => {
    const { method = '', url: path = '' } = incoming;
    respond(target, incoming, outgoing, proxy.fault?.({ method, path }), () => {
      responses++;
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const proxy: FaultyProxy = {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    fault: undefined,
    get responses() {
      return responses;
    },
    close: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
  return proxy;
};

const respond = (
  target: string,
  incoming: IncomingMessage,
  outgoing: ServerResponse,
  fault: HttpFault,
  done: () => void,
): void => {
  if (fault === 'never') {
    done();
    return;
  }
  outgoing.on('close', done);
  if (typeof fault === 'object') {
    incoming.resume().on('end', () => outgoing.writeHead(fault.status).end(fault.body));
    return;
  }
  // The host stays the one of the client, which has signed it.
  const options = { method: incoming.method, headers: incoming.headers };
  const forwarded = request(new URL(incoming.url ?? '/', target), options, (response) => {
    const parts: Buffer[] = [];
    response.on('data', (part: Buffer) => parts.push(part));
    response.on('end', () => {
      const body = Buffer.concat(parts);
      if (fault === 'lost-response') {
        outgoing.destroy();
        return;
      }
      const { 'transfer-encoding': _, ...headers } = response.headers;
      // A response to HEAD has the length of a body that it does not have.
      const length = incoming.method === 'HEAD' ? {} : { 'content-length': body.length };
      outgoing.writeHead(response.statusCode ?? 500, { ...headers, ...length });
      if (fault === 'truncated') outgoing.write(body.subarray(0, body.length >> 1), () => outgoing.destroy());
      else outgoing.end(body);
    });
  });
  forwarded.on('error', () => outgoing.destroy());
  incoming.pipe(forwarded);
};

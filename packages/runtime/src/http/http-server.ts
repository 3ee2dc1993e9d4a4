import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { messageOf } from '@kstreams/core/graph';
import type { StartedApplication } from '../app/app.js';
import { cannotListen, type HttpAddress } from './http-address.js';

/** The content of a server: its handler, from the start of an application to its end. */
export interface Served {
  /** Returns the handler of requests. Called once, before the server listens. */
  open(application: StartedApplication): RequestListener | Promise<RequestListener>;
  /** Called once after `open`, before connections are closed; also when the server cannot listen. */
  close?(): void | Promise<void>;
}

/** The HTTP server of an extension. */
export class HttpServer {
  readonly #served: Served;
  readonly #address: HttpAddress;
  readonly #server: Server = createServer();

  constructor(served: Served, { host, port }: HttpAddress) {
    this.#served = served;
    this.#address = { host, port };
  }

  /** The address with its port; undefined while the server does not listen. */
  get address(): AddressInfo | undefined {
    return (this.#server.address() as AddressInfo | null) ?? undefined;
  }

  /**
   * Opens the content, then listens.
   *
   * @throws ConfigError when the port is taken, or the address is refused.
   */
  async started(application: StartedApplication): Promise<void> {
    this.#server.on('request', await this.#served.open(application));
    try {
      await this.#listen();
    } catch (thrown) {
      await this.#served.close?.();
      throw cannotListen(this.#address, thrown);
    }
    const { name, options } = application;
    this.#server.on('error', (error) => {
      options.logger?.warn(
        { application: name, code: 'connection-failed', err: error },
        `${name} could not accept a connection: ${messageOf(error)}`,
      );
    });
  }

  /** Closes the content, then the server with its open connections. */
  async closing(): Promise<void> {
    await this.#served.close?.();
    await new Promise<void>((resolve) => {
      this.#server.close(() => resolve());
      this.#server.closeAllConnections();
    });
  }

  #listen(): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#server.once('error', reject);
      this.#server.listen({ ...this.#address }, () => {
        this.#server.off('error', reject);
        resolve();
      });
    });
  }
}

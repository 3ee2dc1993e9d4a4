import { type Broker, Connection } from '@platformatic/kafka';
import type { ClientContext } from './context.js';
import { failureCodes, RequestError, requestErrorOf } from './failures.js';

/**
 * The purposes of connections. A broker handles the requests of a connection one after another, so those that wait, for
 * records or for other members of a group, have their own.
 */
export type Lane = 'control' | 'fetch' | 'join' | 'produce';

/** The most requests in flight on a connection: clients limit them. */
const noLimit = 1_000;

/** The connections of a client, one per broker and purpose. They connect on first use, and again after they were lost. */
export class Connections {
  readonly #context: ClientContext;
  readonly #clientId: string;
  readonly #timeouts: Readonly<Record<Lane, number>>;
  readonly #open = new Map<string, Promise<Connection>>();
  #closed = false;

  /** `timeouts` are those of requests, in ms. */
  constructor(context: ClientContext, clientId: string, timeouts: Readonly<Record<Lane, number>>) {
    this.#context = context;
    this.#clientId = clientId;
    this.#timeouts = timeouts;
  }

  /** Returns a connection to a broker. Throws RequestError when it cannot connect. */
  to({ host, port }: Broker, lane: Lane): Promise<Connection> {
    const id = `${lane} ${host}:${port}`;
    let opened = this.#open.get(id);
    if (opened === undefined) {
      opened = this.#connect({ host, port }, lane, () => this.#open.delete(id));
      this.#open.set(id, opened);
      // The caller has the error; the next one connects again.
      opened.catch(() => this.#open.delete(id));
    }
    return opened;
  }

  /** Closes all connections; later ones fail. */
  async close(): Promise<void> {
    this.#closed = true;
    const opened = [...this.#open.values()];
    this.#open.clear();
    await Promise.allSettled(opened.map(async (one) => (await one).close()));
  }

  async #connect(broker: Broker, lane: Lane, lost: () => void): Promise<Connection> {
    if (this.#closed) throw new RequestError(failureCodes.wrongState, 'the client was closed: open another one');
    const { tls, sasl, connectTimeout = 5_000 } = this.#context.settings;
    const connection = new Connection(this.#clientId, {
      connectTimeout,
      requestTimeout: this.#timeouts[lane],
      maxInflights: noLimit,
      ...(tls ? { tls: tls === true ? {} : { ...tls }, tlsServerName: (tls !== true && tls.servername) || true } : {}),
      ...(sasl ? { sasl: { ...sasl } } : {}),
    });
    // An error event without a listener ends the process. The callbacks of the requests have the error.
    connection.on('error', (failure) => {
      lost();
      this.#context.log(`${broker.host}:${broker.port}: ${requestErrorOf(failure).message}`);
    });
    connection.on('close', lost);
    try {
      await connection.connect(broker.host, broker.port);
    } catch (thrown) {
      throw requestErrorOf(thrown);
    }
    if (this.#closed) await connection.close();
    return connection;
  }
}

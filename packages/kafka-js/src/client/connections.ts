import { backoff } from '@kstreams/core/graph';
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

/** The pauses between attempts to reach a broker: brokers that come back are found within a second. */
const pauses = { first: 50, longest: '1s' } as const;

/** A broker that cannot be reached. */
interface Unreachable {
  readonly attempts: number;
  /** The monotonic time of the next attempt, in ms. */
  readonly notBefore: number;
  readonly error: RequestError;
}

/**
 * The connections of a client, one per broker and purpose. They connect on first use, and again after they were lost. While
 * a broker cannot be reached, there is an attempt after each of growing pauses, and between them its requests fail at once.
 */
export class Connections {
  readonly #context: ClientContext;
  readonly #clientId: string;
  readonly #timeouts: Readonly<Record<Lane, number>>;
  readonly #open = new Map<string, Promise<Connection>>();
  readonly #unreachable = new Map<string, Unreachable>();
  #closed = false;

  /** `timeouts` are those of requests, in ms. */
  constructor(context: ClientContext, clientId: string, timeouts: Readonly<Record<Lane, number>>) {
    this.#context = context;
    this.#clientId = clientId;
    this.#timeouts = timeouts;
  }

  /** Returns a connection to a broker. Throws RequestError when it cannot connect. */
  async to({ host, port }: Broker, lane: Lane): Promise<Connection> {
    const address = `${host}:${port}`;
    const id = `${lane} ${address}`;
    const open = this.#open.get(id);
    if (open !== undefined) return open;
    const unreachable = this.#unreachable.get(address);
    if (unreachable !== undefined && this.#now() < unreachable.notBefore) throw unreachable.error;
    // A connection that was lost has a successor already when its last event arrives.
    const forget = (): void => {
      if (this.#open.get(id) === opened) this.#open.delete(id);
    };
    const opened = this.#connect({ host, port }, lane, forget);
    this.#open.set(id, opened);
    try {
      const connection = await opened;
      this.#unreachable.delete(address);
      return connection;
    } catch (thrown) {
      forget();
      this.#pause(address, requestErrorOf(thrown));
      throw thrown;
    }
  }

  /** Closes all connections; later ones fail. */
  async close(): Promise<void> {
    this.#closed = true;
    const opened = [...this.#open.values()];
    this.#open.clear();
    await Promise.allSettled(opened.map(async (one) => (await one).close()));
  }

  #now(): number {
    return this.#context.clock.monotonic();
  }

  /** Begins a pause, unless one has begun: attempts for several purposes fail together. */
  #pause(address: string, error: RequestError): void {
    const { attempts = 0, notBefore = 0 } = this.#unreachable.get(address) ?? {};
    if (this.#now() < notBefore) return;
    const next = attempts + 1;
    this.#unreachable.set(address, { attempts: next, notBefore: this.#now() + backoff(next, pauses), error });
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

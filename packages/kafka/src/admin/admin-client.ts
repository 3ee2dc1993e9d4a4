import {
  type Clock,
  type Isolation,
  type OffsetQuery,
  partitionId,
  type TopicPartition,
  TransportError,
} from '@kstreams/core/graph';
import { codes, errorOf, isUnreachable, request, requestEach, requestTimeout } from '@kstreams/kafka-common';
import type { Done, NativeAdmin, NativeError, NativePartition, NativeProducer, NativeTopic } from '../client/addon.js';
import { Callbacks } from '../client/callbacks.js';
import { type ClientContext, connect, disconnect } from '../client/connect.js';
import { createClient } from '../client/create-client.js';
import { nativeCall } from '../client/native-call.js';
import { adminSettings } from '../client/settings.js';
import { guardTokenRefresh } from '../client/token-refresh.js';

/** The number of the operation Read in the protocol. */
const readOperation = 3;

/** Sends one admin request. */
export type AdminCall<A> = (admin: NativeAdmin, done: Done<A>) => void;

/**
 * The client for topic and offset requests, shared by all clients of a transport. It connects on first use and disconnects
 * with its last user, so that it keeps no process alive.
 */
export class AdminClient {
  readonly #context: () => Promise<ClientContext>;
  readonly #clock: Clock;
  readonly #retiring = new Set<Promise<void>>();
  #connecting: Promise<Connection> | undefined;
  /** The failure of a callback, for the next request. */
  #failure: Error | undefined;
  #users = 0;

  constructor(context: () => Promise<ClientContext>, clock: Clock) {
    this.#context = context;
    this.#clock = clock;
  }

  /** Adds a user; the returned function removes it and closes the client with the last one. */
  acquire(): () => Promise<void> {
    let released = false;
    this.#users++;
    return async () => {
      if (released) return;
      released = true;
      if (--this.#users === 0) await this.close();
    };
  }

  /** Connects, unless connected; rejects when no broker responds. */
  async connect(): Promise<void> {
    await this.#connection();
  }

  /** Sends a request, with retries. `right` is the right that it needs. */
  request<A>(action: string, call: AdminCall<A>, right?: string): Promise<A> {
    return request(this.#clock, action, () => this.#send(call), right);
  }

  /** Sends a request about several partitions or topics; retries while any of them has a retriable error. */
  requestEach<R extends { readonly error?: NativePartition['error'] }>(
    action: string,
    call: AdminCall<readonly R[]>,
  ): Promise<readonly R[]> {
    return requestEach(this.#clock, action, () => this.#send(call));
  }

  /** Returns the topics that the user of the client may not read. */
  async unreadable(topics: readonly string[]): Promise<readonly string[]> {
    const options = { timeout: requestTimeout, includeAuthorizedOperations: true };
    const found = await this.request<readonly NativeTopic[]>('topics cannot be described', (admin, done) =>
      admin.describeTopics([...topics], options, done),
    );
    return found
      .filter(({ authorizedOperations, error }) =>
        error === undefined
          ? authorizedOperations?.includes(readOperation) === false
          : error.code === codes.topicAuthorization,
      )
      .map(({ name }) => name);
  }

  /** Returns the offsets of a query, one per partition, in order. */
  async offsets(
    partitions: readonly TopicPartition[],
    at: OffsetQuery,
    isolation: Isolation | undefined,
  ): Promise<readonly number[]> {
    if (partitions.length === 0) return [];
    const uncommitted = at === 'latest-written' || isolation === 'latest';
    const list = (timestamp: number): Promise<readonly number[]> =>
      this.#listOffsets(partitions, timestamp, uncommitted ? 0 : 1);
    if (at === 'earliest') return list(-2);
    if (typeof at === 'string') return list(-1);
    const found = await list(Math.max(0, at.timestamp));
    if (found.every((offset) => offset >= 0)) return found;
    const ends = await list(-1);
    return found.map((offset, i) => (offset >= 0 ? offset : (ends[i] as number)));
  }

  /** Disconnects after the pending requests; later requests connect again. */
  async close(): Promise<void> {
    // The request that began to connect has the error.
    const connection = await this.#connecting?.catch(() => undefined);
    if (connection !== undefined) this.#retire(connection);
    await Promise.all(this.#retiring);
  }

  #connection(): Promise<Connection> {
    this.#connecting ??= this.#connect().catch((failure: unknown) => {
      this.#connecting = undefined;
      throw failure;
    });
    return this.#connecting;
  }

  async #connect(): Promise<Connection> {
    const context = await this.#context();
    const callbacks = new Callbacks((failure) => {
      this.#failure ??= failure;
    });
    const settings = adminSettings(context.settings);
    const client = createClient(
      () => new context.addon.Producer({ ...settings, ...guardTokenRefresh(settings, callbacks) }, undefined),
    );
    try {
      await connect(client, callbacks, context);
    } catch (failure) {
      callbacks.clear();
      throw failure;
    }
    return new Connection(client, context.addon.AdminClient.createFrom(client), callbacks);
  }

  async #send<A>(call: AdminCall<A>, checkResult: (result: A, connection: Connection) => void = () => {}): Promise<A> {
    const connection = await this.#connection();
    const failure = this.#failure;
    this.#failure = undefined;
    if (failure !== undefined) throw failure;
    if (connection.retired) return this.#send(call, checkResult);
    const result = await connection.send(call);
    checkResult(result, connection);
    return result;
  }

  #retire(connection: Connection): void {
    if (connection.retired) return;
    this.#connecting = undefined;
    const retiring = connection.retire().finally(() => this.#retiring.delete(retiring));
    this.#retiring.add(retiring);
  }

  async #listOffsets(
    partitions: readonly TopicPartition[],
    timestamp: number,
    isolationLevel: number,
  ): Promise<readonly number[]> {
    const requested = partitions.map(({ topic, partition }) => ({ topic, partition, offset: { timestamp } }));
    const call: AdminCall<readonly NativePartition[]> = (admin, done) =>
      admin.listOffsets(requested, { timeout: requestTimeout, isolationLevel }, done);
    const found = await requestEach(this.#clock, 'offsets cannot be listed', () =>
      this.#send(call, (results, connection) => {
        // A client that only lists offsets never refreshes a changed leader, nor finds an added partition: the retry
        // needs a new connection.
        const outdated = ({ error }: NativePartition) =>
          error?.code === codes.oldLeader || error?.code === codes.noEntry;
        if (results.some(outdated)) this.#retire(connection);
      }),
    );
    const byPartition = new Map(found.map((one) => [partitionId(one), one]));
    return partitions.map((place) => {
      const { offset, error } = byPartition.get(partitionId(place)) ?? {};
      const { topic, partition } = place;
      if (error !== undefined) {
        const right = `Describe on topic "${topic}"`;
        throw errorOf('an offset cannot be listed', error, { topic, partition }, undefined, right);
      }
      if (offset === undefined) throw new TransportError('the broker returned no offset', { topic, partition });
      return offset;
    });
  }
}

/** A request that succeeds once a broker responds. */
const reachable = { allTopics: false, timeout: requestTimeout };

/** A connected client and its pending requests: the addon crashes when it disconnects before their responses. */
class Connection {
  readonly #client: NativeProducer;
  readonly #admin: NativeAdmin;
  readonly #callbacks: Callbacks;
  readonly #pending = new Set<Promise<unknown>>();
  #retired = false;
  #unreachable = false;

  constructor(client: NativeProducer, admin: NativeAdmin, callbacks: Callbacks) {
    this.#client = client;
    this.#admin = admin;
    this.#callbacks = callbacks;
  }

  /** True when it accepts no more requests. */
  get retired(): boolean {
    return this.#retired;
  }

  /**
   * Sends a request; rejects with the native error. After a request without a response, metadata is requested first: pending
   * admin requests occupy half a core while no broker responds, those for metadata wait.
   */
  async send<A>(call: AdminCall<A>): Promise<A> {
    try {
      if (this.#unreachable) await this.#call((done) => this.#client.getMetadata(reachable, done));
      this.#unreachable = false;
      return await this.#call((done) => call(this.#admin, done));
    } catch (thrown) {
      this.#unreachable = isUnreachable(thrown as NativeError);
      throw thrown;
    }
  }

  async #call<A>(start: (done: Done<A>) => void): Promise<A> {
    const response = nativeCall(start);
    this.#pending.add(response);
    try {
      return await response;
    } finally {
      this.#pending.delete(response);
    }
  }

  /** Disconnects after the pending requests. */
  async retire(): Promise<void> {
    this.#retired = true;
    while (this.#pending.size > 0) await Promise.allSettled(this.#pending);
    await disconnect(this.#client);
    this.#callbacks.clear();
  }
}

import {
  type Clock,
  type ConsumerOptions,
  type OffsetQuery,
  partitionId,
  type TopicPartition,
  TransportError,
} from '@kstreams/core/graph';
import type { Addon, Done, NativeAdmin, NativePartition } from './addon.js';
import { askEach, requestTimeout } from './ask.js';
import { connect, type Log } from './client.js';
import { codes, errorOf } from './errors.js';
import { askingSettings, brokersOf, type ConnectionSettings } from './settings.js';
import { SharedConnection } from './shared-connection.js';

/**
 * One client for all that a transport asks a cluster without reading or writing: topics and offsets. It leaves with the last
 * of those who use it, so that it keeps no process alive.
 */
export class SharedClient {
  readonly #addon: () => Promise<Addon>;
  readonly #settings: ConnectionSettings;
  readonly #log: Log;
  readonly clock: Clock;
  #connecting: Promise<SharedConnection> | undefined;
  readonly #leaving = new Set<Promise<void>>();
  #users = 0;

  constructor(addon: () => Promise<Addon>, settings: ConnectionSettings, clock: Clock, log: Log) {
    this.#addon = addon;
    this.#settings = settings;
    this.#log = log;
    this.clock = clock;
  }

  /** Connects the client, unless it is; fails when no broker answers. */
  async open(): Promise<void> {
    await this.#connection();
  }

  /** Somebody begins to use it; what is answered ends that. */
  use(): () => Promise<void> {
    let using = true;
    this.#users++;
    return async () => {
      if (!using) return;
      using = false;
      if (--this.#users === 0) await this.close();
    };
  }

  /** Something to ask the cluster: the client that carries it, connected if need be, stays until it is answered. */
  question<A>(start: (admin: NativeAdmin, done: Done<A>) => void): (done: Done<A>) => void {
    return this.#through(({ admin }, done) => start(admin, done));
  }

  /** The offsets of a query, one per partition, in order. */
  async offsets(
    partitions: readonly TopicPartition[],
    at: OffsetQuery,
    isolation: ConsumerOptions['isolation'],
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

  /** Disconnects when all that was asked is answered; what is asked later connects again. */
  async close(): Promise<void> {
    const connection = await this.#connecting?.catch(() => undefined);
    if (connection !== undefined) this.#retire(connection);
    await Promise.all(this.#leaving);
  }

  #connection(): Promise<SharedConnection> {
    this.#connecting ??= this.#connect().catch((failure: unknown) => {
      this.#connecting = undefined;
      throw failure;
    });
    return this.#connecting;
  }

  async #connect(): Promise<SharedConnection> {
    const addon = await this.#addon();
    const client = new addon.Producer(askingSettings(this.#settings), undefined);
    await connect(client, brokersOf(this.#settings.brokers), this.#log);
    return new SharedConnection(client, addon.AdminClient.createFrom(client));
  }

  #through<A>(start: (connection: SharedConnection, done: Done<A>) => void): (done: Done<A>) => void {
    const carry = async (): Promise<A> => {
      const connection = await this.#connection();
      return connection.retired ? carry() : connection.carry((done) => start(connection, done));
    };
    return (done) => {
      carry().then(
        (answer) => done(null, answer),
        (failure) => done(failure, undefined as A),
      );
    };
  }

  /** Lets a connection go; what is asked next opens another one. */
  #retire(connection: SharedConnection): void {
    if (connection.retired) return;
    this.#connecting = undefined;
    const leaving = connection.retire().finally(() => this.#leaving.delete(leaving));
    this.#leaving.add(leaving);
  }

  async #listOffsets(
    partitions: readonly TopicPartition[],
    timestamp: number,
    isolationLevel: number,
  ): Promise<readonly number[]> {
    const asked = partitions.map(({ topic, partition }) => ({ topic, partition, offset: { timestamp } }));
    const question = this.#through<readonly NativePartition[]>((connection, done) =>
      connection.admin.listOffsets(asked, { timeout: requestTimeout, isolationLevel }, (failure, answers) => {
        // A client that asks for offsets only never learns by itself that a leader has changed: another one does.
        if (answers?.some(({ error }) => error?.code === codes.oldLeader)) this.#retire(connection);
        done(failure, answers);
      }),
    );
    const found = await askEach(this.clock, 'offsets were not told', question);
    const byPartition = new Map(found.map((one) => [partitionId(one), one]));
    return partitions.map(({ topic, partition }) => {
      const { offset, error } = byPartition.get(partitionId({ topic, partition })) ?? {};
      if (error !== undefined) throw errorOf('an offset was not told', error, { topic, partition });
      if (offset === undefined) throw new TransportError('an offset was not told', { topic, partition });
      return offset;
    });
  }
}

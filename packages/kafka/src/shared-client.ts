import {
  type Clock,
  type ConsumerOptions,
  type OffsetQuery,
  type TopicPartition,
  TransportError,
} from '@kstreams/core';
import type { Addon, NativeAdmin, NativePartition, NativeProducer } from './addon.js';
import { askEach, requestTimeout } from './ask.js';
import { connect, disconnect, type Log } from './client.js';
import { codes, errorOf } from './errors.js';
import { askingSettings, brokersOf, type ConnectionSettings } from './settings.js';

interface Connection {
  readonly client: NativeProducer;
  readonly admin: NativeAdmin;
}

/** One client for all that a transport asks a cluster without reading or writing: topics and offsets. */
export class SharedClient {
  readonly #addon: () => Promise<Addon>;
  readonly #settings: ConnectionSettings;
  readonly #log: Log;
  readonly clock: Clock;
  #connecting: Promise<Connection> | undefined;

  constructor(addon: () => Promise<Addon>, settings: ConnectionSettings, clock: Clock, log: Log) {
    this.#addon = addon;
    this.#settings = settings;
    this.#log = log;
    this.clock = clock;
  }

  /** The client, connected when it is first asked for. */
  async admin(): Promise<NativeAdmin> {
    this.#connecting ??= this.#connect().catch((failure: unknown) => {
      this.#connecting = undefined;
      throw failure;
    });
    return (await this.#connecting).admin;
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

  async close(): Promise<void> {
    await this.#disconnect();
  }

  async #disconnect(): Promise<void> {
    const connecting = this.#connecting;
    this.#connecting = undefined;
    const connection = await connecting?.catch(() => undefined);
    if (connection !== undefined) await disconnect(connection.client);
  }

  async #connect(): Promise<Connection> {
    const addon = await this.#addon();
    const client = new addon.Producer(askingSettings(this.#settings), undefined);
    await connect(client, brokersOf(this.#settings.brokers), this.#log);
    return { client, admin: addon.AdminClient.createFrom(client) };
  }

  async #listOffsets(
    partitions: readonly TopicPartition[],
    timestamp: number,
    isolationLevel: number,
  ): Promise<readonly number[]> {
    const asked = partitions.map(({ topic, partition }) => ({ topic, partition, offset: { timestamp } }));
    const found = await askEach<NativePartition>(this.clock, 'offsets were not told', (done) => {
      const ask = (admin: NativeAdmin): void => {
        admin.listOffsets(asked, { timeout: requestTimeout, isolationLevel }, (failure, answers) => {
          // A client that asks for offsets only never learns by itself that a leader has changed: another one does.
          if (answers?.some(({ error }) => error?.code === codes.oldLeader)) this.#disconnect().catch(() => {});
          done(failure, answers);
        });
      };
      this.admin().then(ask, (failure) => done(failure, []));
    });
    const byPartition = new Map(found.map((one) => [`${one.topic}/${one.partition}`, one]));
    return partitions.map(({ topic, partition }) => {
      const { offset, error } = byPartition.get(`${topic}/${partition}`) ?? {};
      if (error !== undefined) throw errorOf('an offset was not told', error, { topic, partition });
      if (offset === undefined) throw new TransportError('an offset was not told', { topic, partition });
      return offset;
    });
  }
}

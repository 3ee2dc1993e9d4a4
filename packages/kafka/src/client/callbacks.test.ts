/** Exceptions in callbacks of the client, and what callbacks of a closed client still reach. */
import { readdirSync, readFileSync } from 'node:fs';
import { expect, test } from '@jest/globals';
import { MetricRegistry, TransportError } from '@kstreams/core/graph';
import { collectGarbage } from '@kstreams/test-support/collect-garbage';
import { TestClock } from '@kstreams/testing';
import { AdminClient } from '../admin/admin-client.js';
import { KafkaConsumer } from '../consumer/kafka-consumer.js';
import { KafkaProducer } from '../producer/kafka-producer.js';
import type { Addon, Done } from './addon.js';
import { Callbacks } from './callbacks.js';
import { connect } from './connect.js';

type Callback = (...given: unknown[]) => void;

/** A client that keeps every function that it is given, as the native handles of a client may. */
const keepingClient = ({ refuses = false } = {}) => {
  const callbacks = new Map<string, Callback>();
  const kept: unknown[] = [];
  let disconnected = 0;
  class Client {
    readonly _cb_configs: { readonly global: Record<string, unknown> };

    constructor(settings: Record<string, unknown>) {
      const functions = Object.entries(settings).filter(([, value]) => typeof value === 'function');
      // The client wraps this callback in a function that holds the client.
      const own = functions.map(([name, value]) =>
        name === 'rebalance_cb' ? [name, () => [this, value]] : [name, value],
      );
      this._cb_configs = { global: Object.fromEntries(own) };
    }

    on = (event: string, listener: Callback): void => void callbacks.set(event, listener);
    connect = (_: unknown, done: Done): void => {
      kept.push(done);
      for (const [name, value] of Object.entries(this._cb_configs.global)) callbacks.set(name, value as Callback);
      done(refuses ? { code: -195, message: 'refused' } : null, undefined);
    };
    disconnect = (...given: unknown[]): void => {
      disconnected++;
      kept.push(given.at(-1));
      (given.at(-1) as () => void)();
    };
    consume = (_: number, done: Done): void => done(null, undefined);
    setDefaultConsumeTimeout = (): void => {};
    setPollInBackground = (): void => {};
    incrementalUnassign = (): void => {};
  }
  const addon = {
    KafkaConsumer: Client,
    Producer: Client,
    AdminClient: { createFrom: () => ({ listTopics: (_: unknown, done: Done) => done(null, []) }) },
  } as unknown as Addon;
  const settings = { brokers: 'nowhere:1', client: { oauthbearer_token_refresh_cb: (): never => fail('no token') } };
  const context = { addon, settings, clock: new TestClock(), log: () => {} };
  return { callbacks, kept, context, disconnects: () => disconnected };
};

const fail = (message: string): never => {
  throw new Error(message);
};

/** An argument that throws when it is used. */
const poison = new Proxy({}, { get: () => fail('poisoned') });

const lookup = {
  acquire: () => async () => {},
  offsets: async () => [],
  request: async () => ({}) as never,
  unreadable: async () => [],
};

/** The clients, each with its callbacks that use their arguments, and a call that must then fail. */
const clients = {
  consumer: {
    callbacks: ['data', 'partition.eof', 'rebalance_cb', 'event.error', 'event.log', 'error'],
    others: ['offset_commit_cb', 'oauthbearer_token_refresh_cb', 'queue_non_empty_cb'],
    open: async ({ context }: ReturnType<typeof keepingClient>) => {
      const consumer = await KafkaConsumer.open(context, { clientId: 'c', group: 'g' }, lookup);
      return { call: () => consumer.poll(1, 0), close: () => consumer.close(), client: consumer };
    },
  },
  producer: {
    callbacks: ['delivery-report', 'event.error', 'event.log', 'error'],
    others: ['oauthbearer_token_refresh_cb'],
    open: async ({ context }: ReturnType<typeof keepingClient>) => {
      const producer = await KafkaProducer.open(context, { clientId: 'p', failed: () => {} });
      return { call: () => producer.flush(), close: () => producer.close(), client: producer };
    },
  },
  admin: {
    callbacks: ['event.error', 'event.log', 'error'],
    others: ['oauthbearer_token_refresh_cb'],
    open: async ({ context }: ReturnType<typeof keepingClient>) => {
      const admin = new AdminClient(async () => context, context.clock);
      await admin.connect();
      const call = () =>
        admin.request('topics cannot be listed', (native, done) => native.listTopics({ timeout: 1 }, done));
      return { call, close: () => admin.close(), client: admin };
    },
  },
};

test.each(Object.entries(clients))(
  'an exception in a callback fails the next call of the %s, not the process',
  async (_, one) => {
    const all = keepingClient();
    await (await one.open(all)).close();
    expect([...all.callbacks.keys()].sort()).toEqual([...one.callbacks, ...one.others].sort());
    for (const name of all.callbacks.keys()) {
      const client = keepingClient();
      const { call, close } = await one.open(client);
      expect(() => client.callbacks.get(name)?.(poison, poison)).not.toThrow();
      const outcome = await call().catch((thrown: unknown) => thrown);
      if (one.callbacks.includes(name)) {
        expect(outcome).toBeInstanceOf(TransportError);
        expect(outcome).toMatchObject({ message: `the callback "${name}" of the Kafka client failed: poisoned` });
      } else {
        expect(outcome).not.toBeInstanceOf(Error);
      }
      await close();
      expect(() => client.callbacks.get(name)?.(poison, poison)).not.toThrow();
    }
  },
);

test('a wait for delivery reports ends when the callback for them fails', async () => {
  const client = keepingClient();
  Object.assign(client.context.addon.Producer.prototype, { produce: () => {} });
  const producer = await KafkaProducer.open(client.context, {
    clientId: 'p',
    failed: () => fail('in the application'),
  });
  producer.send({ topic: 't', partition: 0, key: null, value: null, timestamp: 0, headers: [] });
  producer.send({ topic: 't', partition: 0, key: null, value: null, timestamp: 0, headers: [] });
  const flushed = expect(producer.flush()).rejects.toThrow(
    '"delivery-report" of the Kafka client failed: in the application',
  );
  const refused = { code: 10, message: 'too large' };
  client.callbacks.get('delivery-report')?.(refused, { topic: 't', partition: 0, offset: -1, opaque: 0 });
  await flushed;
  await expect(producer.drain(0)).rejects.toThrow('in the application');
  await producer.close();
});

test.each(Object.entries(clients))('callbacks of a closed %s reach nothing', async (_, one) => {
  const client = keepingClient();
  const open = async () => {
    const { call, close, client: opened } = await one.open(client);
    await call();
    await close();
    return new WeakRef(opened);
  };
  const closed = await open();
  // A WeakRef keeps its target until the end of the job that created it.
  await new Promise((resolve) => setImmediate(resolve));
  collectGarbage();
  expect(client.callbacks.size).toBeGreaterThan(0);
  expect(closed.deref()).toBeUndefined();
});

test('a client that failed to connect is disconnected, and its callbacks and metrics are removed', async () => {
  const client = keepingClient({ refuses: true });
  const telemetry = new MetricRegistry();
  await expect(KafkaConsumer.open(client.context, { clientId: 'c', telemetry }, lookup)).rejects.toThrow(
    'cannot connect',
  );
  await expect(KafkaProducer.open(client.context, { clientId: 'p', telemetry })).rejects.toThrow('cannot connect');
  expect(client.disconnects()).toBe(2);
  expect(telemetry.collect()).toEqual([]);
  for (const callback of client.callbacks.values()) expect(() => callback(poison, poison)).not.toThrow();
});

test('the description of all topics, which the client loads to connect, is dropped', async () => {
  const client = {
    on: () => {},
    connect: (_: unknown, done: Done) => done(null, undefined),
    disconnect: () => {},
    _metadata: {},
  };
  const { context } = keepingClient();
  await connect(client, new Callbacks(() => {}), context);
  expect(client._metadata).toBeUndefined();
});

test('listeners are added by Callbacks only', () => {
  const folder = new URL('..', import.meta.url);
  const files = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((file) =>
    /(?<!\.test)\.ts$/.test(file),
  );
  const adding = files.filter((file) => /\.(on|once|addListener)\(/.test(readFileSync(new URL(file, folder), 'utf8')));
  expect(adding).toEqual(['client/callbacks.ts']);
});

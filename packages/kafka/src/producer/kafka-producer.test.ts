import { expect, test } from '@jest/globals';
import { MetricRegistry, type Outgoing, TransportError } from '@kstreams/core/graph';
import { codes } from '@kstreams/kafka-common';
import { TestClock } from '@kstreams/testing';
import type { Addon, Done } from '../client/addon.js';
import { KafkaProducer } from './kafka-producer.js';

const record: Outgoing = { topic: 't', partition: 0, key: null, value: null, timestamp: 0, headers: [] };

/** Sends one record over a client that refuses it with this code; returns the flush failure and the reported errors. */
const sendRefused = async (code: number, transactionalId?: string) => {
  const succeed = (...given: unknown[]): void => (given.at(-1) as Done)(null, undefined);
  class Client {
    on = (): void => {};
    connect = succeed;
    disconnect = succeed;
    setPollInBackground = (): void => {};
    initTransactions = succeed;
    beginTransaction = succeed;
    produce = (): void => {
      throw Object.assign(new Error('refused'), { code });
    };
  }
  const reported: Error[] = [];
  const metrics = new MetricRegistry();
  const producer = await KafkaProducer.open(
    {
      addon: { Producer: Client } as unknown as Addon,
      settings: { brokers: 'nowhere:1' },
      clock: new TestClock(),
      log: () => {},
    },
    {
      clientId: 'p',
      telemetry: metrics,
      failed: (_, error) => reported.push(error),
      ...(transactionalId !== undefined && { transactionalId }),
    },
  );
  if (transactionalId !== undefined) producer.begin();
  producer.send(record);
  const failure = await producer.flush().catch((thrown: unknown) => thrown);
  const values = metrics.collect().map(({ instrument, value }) => [instrument.name, value]);
  await producer.close();
  return { failure, reported, values: Object.fromEntries(values), left: metrics.collect() };
};

test('a record refused by a failed transaction has a retriable error: the next transaction may take it', async () => {
  const { failure, reported } = await sendRefused(codes.wrongState, 'id');
  expect(failure).toBeInstanceOf(TransportError);
  expect(failure).toMatchObject({ retriable: true });
  expect(reported).toEqual([failure]);
});

test.each([
  [codes.wrongState, undefined],
  [codes.unknownTopic + 1_000, 'id'],
])('other refusals are final (code %p, transactional id %p)', async (code, id) => {
  expect((await sendRefused(code, id)).failure).toMatchObject({ retriable: false });
});

test('refused records are a metric until the producer is closed', async () => {
  const { left, values } = await sendRefused(codes.unknownTopic);
  expect(values).toEqual({ 'kstreams.producer.queued': 0, 'kstreams.producer.failures': 1 });
  expect(left).toEqual([]);
});

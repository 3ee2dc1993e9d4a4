import { expect, test } from '@jest/globals';
import { type Outgoing, TransportError } from '@kstreams/core/graph';
import { TestClock } from '@kstreams/testing';
import type { Addon, Done } from './addon.js';
import { codes } from './errors.js';
import { KafkaProducer } from './producer.js';

const record: Outgoing = { topic: 't', partition: 0, key: null, value: null, timestamp: 0, headers: [] };

/** A producer whose client takes no record, with this code; and what it told of them. */
const refusing = async (code: number, transactionalId?: string) => {
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
  const told: Error[] = [];
  const producer = await KafkaProducer.open(
    {
      addon: { Producer: Client } as unknown as Addon,
      settings: { brokers: 'nowhere:1' },
      clock: new TestClock(),
      log: () => {},
    },
    {
      clientId: 'p',
      failed: (_, error) => told.push(error),
      ...(transactionalId !== undefined && { transactionalId }),
    },
  );
  if (transactionalId !== undefined) producer.begin();
  producer.send(record);
  const failure = await producer.flush().catch((thrown: unknown) => thrown);
  return { failure, told };
};

test('a record that a broken transaction does not take any more comes again when that is taken back', async () => {
  const { failure, told } = await refusing(codes.wrongState, 'id');
  expect(failure).toBeInstanceOf(TransportError);
  expect(failure).toMatchObject({ retriable: true });
  expect(told).toEqual([failure]);
});

test.each([
  [codes.wrongState, undefined],
  [codes.unknownTopic + 1_000, 'id'],
])('what is refused for good is (code %p, transactional id %p)', async (code, id) => {
  expect((await refusing(code, id)).failure).toMatchObject({ retriable: false });
});

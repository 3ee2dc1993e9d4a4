import { type Outgoing, toUtf8 } from '@kstreams/core/graph';
import { check, type TransportCheck } from './check.js';
import { expectEqual, expectRejection } from './expect.js';
import { recordOf } from './transport-harness.js';

/** Checks of producers: flushes, backlog and acknowledgements. */
export const producerChecks: readonly TransportCheck[] = [
  check('the backlog grows with every send and is gone after a flush', async (harness) => {
    const topic = await harness.topic();
    const producer = await harness.producer();
    expectEqual(producer.backlog, 0, 'at first');
    for (let i = 0; i < 100; i++) producer.send(recordOf(topic, String(i)));
    expectEqual(producer.backlog, 100, 'before anything can have arrived');
    await producer.flush();
    expectEqual(producer.backlog, 0, 'after the flush');
  }),

  check('drain resolves once the backlog is small enough, or at once', async (harness) => {
    const topic = await harness.topic();
    const producer = await harness.producer();
    await producer.drain(0);
    for (let i = 0; i < 1_000; i++) producer.send(recordOf(topic, String(i)));
    await producer.drain(1_000);
    await producer.drain(10);
    expectEqual(producer.backlog <= 10, true, `a backlog of ${producer.backlog} is at most 10`);
    await producer.drain(0);
    expectEqual(producer.backlog, 0, 'the backlog');
  }),

  check('records are in the log after a flush', async (harness) => {
    const topic = await harness.topic();
    const producer = await harness.producer();
    const consumer = await harness.consumer();
    for (let i = 0; i < 2_000; i++) producer.send(recordOf(topic, 'x'.repeat(200)));
    await producer.flush();
    expectEqual(await consumer.offsets([{ topic, partition: 0 }], 'latest-written'), [2_000], 'the end');
  }),

  check('acknowledged is the offset after the last record of this producer, per partition', async (harness) => {
    const topic = await harness.topic(2);
    const [mine, others] = [await harness.producer(), await harness.producer()];
    const zero = { topic, partition: 0 };
    others.send(recordOf(topic, 'x'));
    await others.flush();
    expectEqual(mine.acknowledged(zero), undefined, 'before anything was sent');
    mine.send(recordOf(topic, 'a'));
    mine.send(recordOf(topic, 'b'));
    await mine.flush();
    others.send(recordOf(topic, 'y'));
    await others.flush();
    expectEqual(mine.acknowledged(zero), 3, 'after records at 1 and 2');
    expectEqual(others.acknowledged(zero), 4, 'of the other');
    expectEqual(mine.acknowledged({ topic, partition: 1 }), undefined, 'where nothing was sent');
  }),

  check('a flush without records resolves', async (harness) => {
    const producer = await harness.producer();
    await producer.flush();
    await producer.flush();
  }),

  check('an undeliverable record fails the flush, and later ones arrive', async (harness) => {
    const topic = await harness.topic();
    const producer = await harness.producer();
    producer.send(recordOf(topic, 'a'));
    await producer.flush();
    producer.send(recordOf(topic, 'lost', { partition: 7 }));
    await expectRejection(producer.flush(), Error, 'a flush after a record to a partition that is not there');
    producer.send(recordOf(topic, 'b'));
    await producer.flush();
    expectEqual(producer.acknowledged({ topic, partition: 0 }), 2, 'the offset after the last');
  }),

  check('the delivery callback receives the undeliverable record', async (harness) => {
    const topic = await harness.topic(1, { 'cleanup.policy': 'compact' });
    const lost: unknown[] = [];
    const failed = (record: Outgoing, error: Error) => lost.push(record, error instanceof Error);
    for (const options of [{}, { transactionalId: harness.name('id') }]) {
      const producer = await harness.producer({ ...options, failed });
      if ('transactionalId' in options) producer.begin();
      const refused = recordOf(topic, 'a compacted topic takes none without a key', { key: null });
      producer.send(recordOf(topic, 'a', { key: toUtf8('k') }));
      await producer.flush();
      producer.send(refused);
      await expectRejection(producer.flush(), Error, 'a flush after it');
      expectEqual([lost.length, lost[0] === refused, lost[1]], [2, true, true], 'what was told');
      lost.length = 0;
      if ('transactionalId' in options) await producer.abort();
    }
    expectEqual(lost, [], 'what is told of an abort');
  }),
];

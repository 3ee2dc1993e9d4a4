import { type Bytes, noBytes, noHeaders, type RecordHeaders, toUtf8 } from '@kstreams/core/graph';
import { check, type TransportCheck } from './check.js';
import { expectEqual } from './expect.js';
import { recordOf, textOf } from './transport-harness.js';

/** Checks that records are read as they were sent. */
export const recordChecks: readonly TransportCheck[] = [
  check('records of a partition are read in the order in which they were sent', async (harness) => {
    const [partitions, count] = [3, 500];
    const topic = await harness.topic(partitions);
    const producer = await harness.producer();
    const values = Array.from({ length: count }, (_, i) => String(i));
    for (const value of values) {
      for (let partition = 0; partition < partitions; partition++) {
        producer.send(recordOf(topic, value, { partition }));
      }
    }
    await producer.flush();
    const records = await harness.read(await harness.reader(topic, partitions), partitions * count);
    for (let partition = 0; partition < partitions; partition++) {
      const found = records.filter((one) => one.partition === partition);
      expectEqual(found.map(textOf), values, `partition ${partition}`);
      expectEqual(
        found.every(({ offset }, i) => i === 0 || offset > (found[i - 1]?.offset ?? 0)),
        true,
        'offsets grow',
      );
    }
  }),

  check('records of several flushes have consecutive offsets', async (harness) => {
    const topic = await harness.topic();
    const producer = await harness.producer();
    const reader = await harness.reader(topic);
    const found: unknown[] = [];
    for (const value of ['a', 'b', 'c']) {
      producer.send(recordOf(topic, value));
      await producer.flush();
      found.push(...(await harness.read(reader, 1)).map((record) => [record.offset, textOf(record)]));
    }
    expectEqual(
      found,
      [
        [0, 'a'],
        [1, 'b'],
        [2, 'c'],
      ],
      'records',
    );
  }),

  check('null and empty keys and values are read as they were sent', async (harness) => {
    const topic = await harness.topic();
    const sent: readonly (readonly [Bytes | null, Bytes | null])[] = [
      [null, null],
      [noBytes, noBytes],
      [null, noBytes],
      [noBytes, null],
      [toUtf8('k'), new Uint8Array([0, 255, 128])],
    ];
    const producer = await harness.producer();
    for (const [key, value] of sent) producer.send(recordOf(topic, '', { key, value }));
    await producer.flush();
    const records = await harness.read(await harness.reader(topic), sent.length);
    expectEqual(
      records.map(({ key, value }) => [key, value]),
      sent,
      'keys and values',
    );
  }),

  check(
    'headers keep their order; a name may repeat or be that of a property, and a value may be empty',
    async (harness) => {
      const topic = await harness.topic();
      const headers: RecordHeaders = [
        ['b', toUtf8('1')],
        ['a', noBytes],
        ['b', toUtf8('2')],
        ['ünïcode', new Uint8Array([0, 255])],
        ['__proto__', toUtf8('3')],
        ['constructor', toUtf8('4')],
        ['7', toUtf8('5')],
        ['', toUtf8('6')],
      ];
      const producer = await harness.producer();
      producer.send(recordOf(topic, 'with', { headers }));
      producer.send(recordOf(topic, 'without'));
      await producer.flush();
      const records = await harness.read(await harness.reader(topic), 2);
      expectEqual(
        records.map((record) => record.headers),
        [headers, noHeaders],
        'headers',
      );
    },
  ),

  check('a large record is read whole', async (harness) => {
    const topic = await harness.topic();
    const value = Uint8Array.from({ length: 700_000 }, (_, i) => (i * 7919) >> 3);
    const producer = await harness.producer();
    producer.send(recordOf(topic, '', { value }));
    producer.send(recordOf(topic, 'after'));
    await producer.flush();
    const records = await harness.read(await harness.reader(topic), 2);
    expectEqual(
      records.map((record) => record.value),
      [value, toUtf8('after')],
      'values',
    );
  }),

  check('timestamps are read as they were sent, also early and out of order', async (harness) => {
    const topic = await harness.topic();
    const timestamps = [5_000, 1, 2, 978_307_200_000, 4_000];
    const producer = await harness.producer();
    for (const timestamp of timestamps) producer.send(recordOf(topic, 'x', { timestamp }));
    await producer.flush();
    const records = await harness.read(await harness.reader(topic), timestamps.length);
    expectEqual(
      records.map(({ timestamp }) => timestamp),
      timestamps,
      'timestamps',
    );
  }),

  check('bytes are copied: neither sender nor reader can change what others read', async (harness) => {
    const topic = await harness.topic();
    const [key, value, header] = [toUtf8('key'), toUtf8('value'), toUtf8('header')];
    const producer = await harness.producer();
    producer.send({ topic, partition: 0, key, value, timestamp: 1, headers: [['h', header]] });
    for (const bytes of [key, value, header]) bytes.fill(0);
    await producer.flush();
    const read = async () =>
      (await harness.read(await harness.reader(topic), 1)).map((one) => [one.key, one.value, one.headers]);
    const expected = [[toUtf8('key'), toUtf8('value'), [['h', toUtf8('header')]]]];
    const [first] = await harness.read(await harness.reader(topic), 1);
    first?.value?.fill(1);
    expectEqual(await read(), expected, 'what was sent');
  }),
];

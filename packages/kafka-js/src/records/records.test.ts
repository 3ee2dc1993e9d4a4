import { expect, test } from '@jest/globals';
import { type Outgoing, type Received, toUtf8 } from '@kstreams/core/graph';
import { Reader, readRecordsBatches } from '@platformatic/kafka';
import * as fc from 'fast-check';
import type { Compression } from '../client/settings.js';
import { BatchBuilder } from './batch-builder.js';
import { attribute, header } from './batch-format.js';
import { type AbortedTransaction, type FetchedBatch, readBatches } from './fetched-batches.js';
import { readInt64 } from './int64.js';
import { RecordCursor } from './record-cursor.js';
import { VarintReader, varintSize, writeVarint } from './varints.js';

const place = { topic: 't', partition: 0 };
const plain = (id: bigint) => ({ id, epoch: 0, transactional: false });

/** Returns a batch as a broker stores it, at an offset. */
const stored = (builder: BatchBuilder, offset: number, identity = plain(-1n), compression: Compression = 'none') => {
  const bytes = new Uint8Array(builder.finish(identity, 0, compression));
  new DataView(bytes.buffer).setBigInt64(header.firstOffset, BigInt(offset));
  return bytes;
};

const recordsOf = (batches: readonly FetchedBatch[]): Received[] =>
  batches.flatMap((batch) => {
    const cursor = new RecordCursor(place.topic, place.partition, batch);
    return Array.from({ length: batch.count }, () => cursor.next());
  });

const bytes = fc.option(fc.uint8Array({ maxLength: 80 }), { nil: null });
const outgoing: fc.Arbitrary<Outgoing> = fc.record({
  topic: fc.constant('t'),
  partition: fc.constant(0),
  key: bytes,
  value: bytes,
  timestamp: fc.oneof(fc.integer({ min: 0, max: 2_000_000_000_000 }), fc.integer({ min: 0, max: 50 })),
  headers: fc.array(fc.tuple(fc.string({ maxLength: 8 }), bytes), { maxLength: 3 }),
});

test('numbers of variable length are read as they were written, in the announced bytes', () => {
  fc.assert(
    fc.property(fc.oneof(fc.maxSafeInteger(), fc.integer()), (value) => {
      const written = new Uint8Array(12);
      const end = writeVarint(written, 1, value);
      const reader = new VarintReader(written, 1);
      // The zigzag code of a number beyond 2^52 is rounded.
      fc.pre(Math.abs(value) <= 2 ** 52);
      expect([reader.read(), reader.at, varintSize(value)]).toEqual([value, end, end - 1]);
    }),
  );
});

test('records are read as they were sent, with every compression, by this reader and by that of the package', () => {
  const compressions = fc.constantFrom<Compression>('none', 'gzip', 'snappy', 'lz4');
  fc.assert(
    fc.property(fc.array(outgoing, { minLength: 1, maxLength: 20 }), compressions, (records, compression) => {
      const builder = new BatchBuilder();
      for (const record of records) builder.add(record);
      const batch = stored(builder, 7, plain(5n), compression);
      const found = recordsOf(readBatches(batch, [], place));
      expect(found).toEqual(records.map((record, i) => ({ ...record, offset: 7 + i })));
      const [theirs] = readRecordsBatches(Reader.from(Buffer.from(batch)));
      expect(theirs?.records.map(({ key, value }) => [key, value].map((one) => one && [...one]))).toEqual(
        records.map(({ key, value }) => [key, value].map((one) => one && [...one])),
      );
    }),
    { numRuns: 50 },
  );
});

/** A control record as a broker writes it: its key has a version and a type. */
const marker = (producer: bigint, offset: number, type: number): Uint8Array => {
  const builder = new BatchBuilder();
  const key = new Uint8Array([0, 0, 0, type]);
  builder.add({ ...place, key, value: new Uint8Array(6), timestamp: 0, headers: [] });
  const batch = stored(builder, offset, { id: producer, epoch: 0, transactional: true });
  new DataView(batch.buffer).setInt16(header.attributes, attribute.transactional | attribute.control);
  return batch;
};

test('records of aborted transactions are left out, also of several of one producer, and readers pass their ends', () => {
  const step = fc.record({
    producer: fc.constantFrom(1n, 2n, 3n),
    does: fc.constantFrom('write' as const, 'plain' as const, 'commit' as const, 'abort' as const),
    count: fc.integer({ min: 1, max: 3 }),
  });
  fc.assert(
    fc.property(fc.array(step, { maxLength: 25 }), fc.nat(5), (steps, from) => {
      const batches: { readonly at: number; readonly bytes: Uint8Array }[] = [];
      const open = new Map<bigint, number>();
      const written: { readonly producer: bigint | undefined; readonly offset: number }[] = [];
      const dropped = new Set<number>();
      const aborted: (AbortedTransaction & { readonly last: number })[] = [];
      let offset = 0;
      const end = (producer: bigint, type: number): void => {
        const first = open.get(producer);
        if (first === undefined) return;
        if (type === 0) {
          aborted.push({ producerId: producer, firstOffset: BigInt(first), last: offset });
          for (const one of written) if (one.producer === producer && one.offset >= first) dropped.add(one.offset);
        }
        open.delete(producer);
        batches.push({ at: offset, bytes: marker(producer, offset++, type) });
      };
      for (const { count, does, producer } of steps) {
        if (does === 'commit' || does === 'abort') {
          end(producer, does === 'abort' ? 0 : 1);
          continue;
        }
        const builder = new BatchBuilder();
        const transactional = does === 'write';
        for (let i = 0; i < count; i++) {
          written.push({ producer: transactional ? producer : undefined, offset: offset + i });
          builder.add({ ...place, key: null, value: toUtf8('v'), timestamp: 0, headers: [] });
        }
        if (transactional && !open.has(producer)) open.set(producer, offset);
        batches.push({ at: offset, bytes: stored(builder, offset, { id: producer, epoch: 0, transactional }) });
        offset += count;
      }
      for (const producer of [...open.keys()]) end(producer, 1);
      const fetched = batches.slice(Math.min(from, batches.length));
      const start = fetched[0]?.at ?? offset;
      const whole = Buffer.concat(fetched.map((one) => one.bytes));
      const found = readBatches(
        new Uint8Array(whole.buffer, whole.byteOffset, whole.length),
        aborted.filter(({ last }) => last >= start),
        place,
      );
      expect(recordsOf(found).map((record) => record.offset)).toEqual(
        written.map((one) => one.offset).filter((one) => one >= start && !dropped.has(one)),
      );
      expect(found.at(-1)?.nextOffset ?? offset).toBe(offset);
    }),
  );
});

test('a batch that is cut off at the end of a response is left for the next one', () => {
  const batch = (offset: number) => {
    const builder = new BatchBuilder();
    builder.add({ ...place, key: null, value: toUtf8(String(offset)), timestamp: 1, headers: [] });
    return stored(builder, offset);
  };
  const whole = Buffer.concat([batch(0), batch(1)]);
  for (let length = 0; length <= whole.length; length++) {
    const found = readBatches(new Uint8Array(whole).subarray(0, length), [], place);
    expect(found).toHaveLength(length < whole.length / 2 ? 0 : length < whole.length ? 1 : 2);
  }
});

test('an offset beyond 2^53 is refused, and never rounded', () => {
  const view = new DataView(new ArrayBuffer(8));
  for (const value of [0n, -1n, 2n ** 53n - 1n, -(2n ** 53n)]) {
    view.setBigInt64(0, value);
    expect(readInt64(view, 0)).toBe(Number(value));
  }
  view.setBigInt64(0, 2n ** 53n);
  expect(() => readInt64(view, 0)).toThrow('9007199254740992, beyond 2^53');
});

test('a batch of a format before Kafka 0.11 is refused with the remedy', () => {
  const builder = new BatchBuilder();
  builder.add({ ...place, key: null, value: null, timestamp: 1, headers: [] });
  const batch = stored(builder, 0);
  batch[header.version] = 1;
  expect(() => readBatches(batch, [], place)).toThrow('copy the topic to a new one (topic t, partition 0)');
});

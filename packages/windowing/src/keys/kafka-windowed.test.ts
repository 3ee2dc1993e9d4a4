import { expect, test } from '@jest/globals';
import { SerdeError } from '@kstreams/core/graph';
import { int32, string } from '@kstreams/serde';
import fc from 'fast-check';
import { kafkaSession, kafkaWindowed } from '../index.js';

const at = { topic: 'totals', headers: [] };
const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex');
const bytesOf = (text: string): Uint8Array => Uint8Array.from(Buffer.from(text, 'hex'));

// written by TimeWindowedSerializer of Kafka Streams 4.4
test.each([
  ['a', 0, 10, '610000000000000000'],
  ['a', 1_700_000_000_000, 1_700_000_060_000, '610000018bcfe56800'],
  ['é', 256, 300, 'c3a90000000000000100'],
  ['', 1, 2, '0000000000000001'],
])('a window of %j from %d to %d is as Kafka Streams writes it', (key, start, end, bytes) => {
  const serde = kafkaWindowed(string, { size: end - start });
  expect(hex(serde.encode({ key, start, end }, at))).toBe(bytes);
  expect(serde.decode(bytesOf(bytes), at)).toEqual({ key, start, end });
});

// written by SessionWindowedSerializer of Kafka Streams 4.4
test.each([
  ['a', 1_700_000_000_000, 1_700_000_000_123, '610000018bcfe5687b0000018bcfe56800'],
  ['a', 7, 7, '6100000000000000070000000000000007'],
])('a session of %j from %d to %d is as Kafka Streams writes it', (key, start, end, bytes) => {
  expect(hex(kafkaSession(string).encode({ key, start, end }, at))).toBe(bytes);
  expect(kafkaSession(string).decode(bytesOf(bytes), at)).toEqual({ key, start, end });
});

test('windows and sessions of any key come back as they were', () => {
  fc.assert(
    fc.property(fc.integer(), fc.nat(), fc.nat(), (key, start, length) => {
      const window = { key, start, end: start + length };
      const [windows, sessions] = [kafkaWindowed(int32, { size: length }), kafkaSession(int32)];
      expect(windows.decode(windows.encode(window, at), at)).toEqual(window);
      expect(sessions.decode(sessions.encode(window, at), at)).toEqual(window);
    }),
  );
});

test('windows that Kafka Streams cannot read are refused', () => {
  const minutes = kafkaWindowed(string, { size: '1m' });
  expect(() => minutes.encode({ key: 'a', start: 0, end: 3_600_000 }, at)).toThrow(
    new SerdeError('a window from 0 to 3600000 is not 60000 ms long', at),
  );
  expect(() => minutes.encode({ key: 'a', start: -60_000, end: 0 }, at)).toThrow(/whole ms since 1970/);
  expect(() => kafkaSession(string).encode({ key: 'a', start: 2, end: 1 }, at)).toThrow(/ends before it starts/);
});

test('bytes that are not a windowed key are refused', () => {
  expect(() => kafkaWindowed(string, { size: 1 }).decode(bytesOf('00000000000001'), at)).toThrow(
    /a key and its bounds/,
  );
  expect(() => kafkaWindowed(string, { size: 1 }).decode(bytesOf('61ffffffffffffffff'), at)).toThrow(/since 1970/);
  expect(() => kafkaSession(string).decode(bytesOf('6100000000000000010000000000000002'), at)).toThrow(
    /ends before it starts/,
  );
});

import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { SerdeError } from '../graph/errors.js';
import { countSerde } from './count-serde.js';

const at = { topic: 'counts', headers: [] };

test('counts come back as they were', () => {
  fc.assert(
    fc.property(fc.maxSafeInteger(), (count) =>
      expect(countSerde.decode(countSerde.encode(count, at), at)).toBe(count),
    ),
  );
});

test('they are written as the longs of Java', () => {
  fc.assert(
    fc.property(fc.maxSafeInteger(), (count) => {
      const java = Buffer.alloc(8);
      java.writeBigInt64BE(BigInt(count));
      expect(Buffer.from(countSerde.encode(count, at))).toEqual(java);
    }),
  );
});

test.each([1.5, Number.NaN, 2 ** 53, Number.POSITIVE_INFINITY, '1' as never, 1n as never])(
  '%p is no count',
  (count) => {
    expect(() => countSerde.encode(count, at)).toThrow(SerdeError);
  },
);

test('bytes of another length, or of a long beyond the safe integers, are refused', () => {
  expect(() => countSerde.decode(new Uint8Array(7), at)).toThrow('a count has 8 bytes, not 7 (topic counts)');
  const tooLarge = Uint8Array.of(0, 0x20, 0, 0, 0, 0, 0, 0);
  expect(() => countSerde.decode(tooLarge, at)).toThrow('9007199254740992 is not a safe integer (topic counts)');
});

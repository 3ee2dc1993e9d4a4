import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import type { Bytes } from './bytes.js';
import { crc32c } from './crc32c.js';
import { toUtf8 } from './utf8.js';

test.each([
  ['the check value of the catalogue', toUtf8('123456789'), 0xe3069283],
  ['32 bytes of 0x00, of RFC 3720', new Uint8Array(32), 0x8a9136aa],
  ['32 bytes of 0xff, of RFC 3720', new Uint8Array(32).fill(0xff), 0x62a8ab43],
  ['0 to 31, of RFC 3720', Uint8Array.from({ length: 32 }, (_, i) => i), 0x46dd794e],
  ['nothing', new Uint8Array(), 0],
])('CRC-32C of %s', (_, bytes, crc) => {
  expect(crc32c(bytes)).toBe(crc);
});

/** Returns the remainder of the bits, one by one. */
const naive = (bytes: Bytes): number => {
  let crc = 0xffffffff;
  for (const byte of bytes) {
    for (let bit = 0; bit < 8; bit++) {
      const low = (crc ^ (byte >>> bit)) & 1;
      crc = (crc >>> 1) ^ (low === 1 ? 0x82f63b78 : 0);
    }
  }
  return ~crc >>> 0;
};

test('CRC-32C equals its definition, also in two parts', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 100 }), fc.nat(100), (bytes, cut) => {
      expect(crc32c(bytes)).toBe(naive(bytes));
      expect(crc32c(bytes.subarray(cut), crc32c(bytes.subarray(0, cut)))).toBe(naive(bytes));
    }),
  );
});

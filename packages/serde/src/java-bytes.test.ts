/** The bytes of Kafka's Java serializers by their definitions: big-endian, two's complement, IEEE 754, UTF-8. */
import { describe, expect, test } from '@jest/globals';
import type { Bytes, Serde } from '@kstreams/core/graph';
import { boolean, bytes, double, int32, int64, string } from './index.js';

const at = { topic: 'orders', headers: [] };
const fromHex = (hex: string): Bytes => Uint8Array.from(hex.match(/../g) ?? [], (byte) => Number.parseInt(byte, 16));

const expectBytes = <T>(serde: Serde<T>, vectors: readonly (readonly [value: T, hex: string])[]): void => {
  test.each(vectors)('%p is %s', (value, hex) => {
    expect(serde.encode(value, at)).toEqual(fromHex(hex));
    expect(serde.decode(fromHex(hex), at)).toEqual(value);
  });
};

describe('StringSerializer', () => {
  expectBytes(string, [
    ['', ''],
    ['a', '61'],
    ['\0', '00'],
    ['kstreams', '6b73747265616d73'],
    ['é', 'c3a9'],
    ['€', 'e282ac'],
    ['😀', 'f09f9880'],
    ['\ufeffbom', 'efbbbf626f6d'],
    ['\uffff', 'efbfbf'],
    [
      'a text of more than 24 ASCII characters',
      '612074657874206f66206d6f7265207468616e203234204153434949206368617261637465727'.concat('3'),
    ],
  ]);
});

describe('IntegerSerializer', () => {
  expectBytes(int32, [
    [0, '00000000'],
    [1, '00000001'],
    [-1, 'ffffffff'],
    [-2, 'fffffffe'],
    [256, '00000100'],
    [0x01020304, '01020304'],
    [2 ** 31 - 1, '7fffffff'],
    [-(2 ** 31), '80000000'],
  ]);
});

describe('LongSerializer', () => {
  expectBytes(int64, [
    [0n, '0000000000000000'],
    [1n, '0000000000000001'],
    [-1n, 'ffffffffffffffff'],
    [0x0102030405060708n, '0102030405060708'],
    [1_700_000_000_000n, '0000018bcfe56800'],
    [2n ** 63n - 1n, '7fffffffffffffff'],
    [-(2n ** 63n), '8000000000000000'],
  ]);
});

describe('DoubleSerializer', () => {
  expectBytes(double, [
    [0, '0000000000000000'],
    [-0, '8000000000000000'],
    [1, '3ff0000000000000'],
    [-1, 'bff0000000000000'],
    [2.5, '4004000000000000'],
    [0.1, '3fb999999999999a'],
    [Math.PI, '400921fb54442d18'],
    [Number.MAX_VALUE, '7fefffffffffffff'],
    [Number.MIN_VALUE, '0000000000000001'],
    [Number.POSITIVE_INFINITY, '7ff0000000000000'],
    [Number.NEGATIVE_INFINITY, 'fff0000000000000'],
    [Number.NaN, '7ff8000000000000'],
  ]);

  test.each(['7ff8000000000001', 'fff8000000000000', '7ff0000000000001', 'ffffffffffffffff'])(
    'NaN %s is decoded, and encoded as the NaN of Java',
    (hex) => {
      const read = double.decode(fromHex(hex), at);
      expect(read).toBeNaN();
      expect(double.encode(read, at)).toEqual(fromHex('7ff8000000000000'));
    },
  );
});

describe('BooleanSerializer', () => {
  expectBytes(boolean, [
    [true, '01'],
    [false, '00'],
  ]);
});

describe('ByteArraySerializer', () => {
  expectBytes(bytes, [
    [fromHex(''), ''],
    [fromHex('00ff'), '00ff'],
  ]);
});

/** Variable-length numbers of records, as numbers: zigzag-encoded, seven bits per byte. */

/** Returns the bytes that a number takes. */
export const varintSize = (value: number): number => {
  // Beyond 31 bits the bit operators overflow.
  if (value >= 0x4000_0000 || value < -0x4000_0000) return largeSize(zigzag(value));
  const coded = ((value << 1) ^ (value >> 31)) >>> 0;
  return coded < 0x80 ? 1 : coded < 0x4000 ? 2 : coded < 0x20_0000 ? 3 : coded < 0x1000_0000 ? 4 : 5;
};

/** Writes a number and returns the position after it. */
export const writeVarint = (bytes: Uint8Array, at: number, value: number): number => {
  if (value >= 0x4000_0000 || value < -0x4000_0000) return writeLarge(bytes, at, zigzag(value));
  let coded = ((value << 1) ^ (value >> 31)) >>> 0;
  let to = at;
  while (coded > 0x7f) {
    bytes[to++] = (coded & 0x7f) | 0x80;
    coded >>>= 7;
  }
  bytes[to++] = coded;
  return to;
};

const zigzag = (value: number): number => (value >= 0 ? value * 2 : value * -2 - 1);

const largeSize = (coded: number): number => {
  let size = 1;
  for (let rest = coded; rest > 0x7f; rest = Math.floor(rest / 0x80)) size++;
  return size;
};

const writeLarge = (bytes: Uint8Array, at: number, coded: number): number => {
  let rest = coded;
  let to = at;
  while (rest > 0x7f) {
    bytes[to++] = (rest % 0x80) | 0x80;
    rest = Math.floor(rest / 0x80);
  }
  bytes[to++] = rest;
  return to;
};

/** A position in bytes that contain variable-length numbers. */
export class VarintReader {
  readonly bytes: Uint8Array;
  at: number;

  constructor(bytes: Uint8Array, at: number) {
    this.bytes = bytes;
    this.at = at;
  }

  /** Reads a number. It is exact up to 2^53. */
  read(): number {
    const { bytes } = this;
    let byte = bytes[this.at++] as number;
    if (byte < 0x80) return (byte >>> 1) ^ -(byte & 1);
    let coded = byte & 0x7f;
    for (let shift = 7; shift < 28; shift += 7) {
      byte = bytes[this.at++] as number;
      coded |= (byte & 0x7f) << shift;
      if (byte < 0x80) return (coded >>> 1) ^ -(coded & 1);
    }
    return this.#readLarge(coded);
  }

  #readLarge(low: number): number {
    let coded = low;
    let factor = 2 ** 28;
    let byte: number;
    do {
      byte = this.bytes[this.at++] as number;
      coded += (byte & 0x7f) * factor;
      factor *= 0x80;
    } while (byte > 0x7f);
    return coded % 2 === 0 ? coded / 2 : -(coded + 1) / 2;
  }
}

import { type Bytes, fromUtf8 } from '@kstreams/core/graph';

/**
 * Reads Avro's primitive values, in place of the tap of avsc. Each read ends at the end of the bytes, so that a corrupt
 * length fills no memory; longs are exact up to ±(2^53 − 1), where avsc rounds negative ones; text must be UTF-8.
 */
export class ReadingTap {
  readonly #bytes: Bytes;
  /** The position of the next byte. avsc sets it back after it has tried a branch. */
  pos: number;

  constructor(bytes: Bytes) {
    this.#bytes = bytes;
    this.pos = 0;
  }

  /** The number of bytes behind the position. */
  get rest(): number {
    return this.#bytes.length - this.pos;
  }

  /** Always true, since a read beyond the end throws. avsc calls it before it uses a long. */
  isValid(): boolean {
    return true;
  }

  readBoolean(): boolean {
    return this.#bytes[this.#advance(1)] !== 0;
  }

  readInt(): number {
    const value = this.readLong();
    if (value !== (value | 0)) throw new TypeError('an int has more than 32 bits');
    return value;
  }

  /** Returns a long. One that a number cannot hold is inexact, and beyond ±(2^53 − 1). */
  readLong(): number {
    const bytes = this.#bytes;
    let value = 0;
    let byte = 0x80;
    for (let shift = 0; byte & 0x80 && shift < 28; shift += 7) {
      byte = bytes[this.pos++] ?? truncated();
      value |= (byte & 0x7f) << shift;
    }
    return byte & 0x80 ? this.#readLongFrom(value) : (value >>> 1) ^ -(value & 1);
  }

  readFloat(): number {
    this.#scratch(4);
    return asFloat[0] as number;
  }

  readDouble(): number {
    this.#scratch(8);
    return asDouble[0] as number;
  }

  /** Returns a copy of a number of bytes. */
  readFixed(length: number): Bytes {
    const start = this.#advance(length);
    return this.#bytes.slice(start, this.pos);
  }

  readBytes(): Bytes {
    return this.readFixed(this.readLong());
  }

  readString(): string {
    const length = this.readLong();
    const start = this.#advance(length);
    return (length <= shortLength ? this.#ascii(start, this.pos) : undefined) ?? this.#text(start, this.pos);
  }

  /** Returns a long as a bigint. avsc expects bytes, which the type of bigints does not need. */
  unpackLongBytes(): bigint {
    const start = this.pos;
    const value = this.readLong();
    if (Number.isSafeInteger(value)) return BigInt(value);
    let zigzag = 0n;
    for (let at = this.pos - 1; at >= start; at--) zigzag = (zigzag << 7n) | BigInt((this.#bytes[at] as number) & 0x7f);
    return BigInt.asIntN(64, (zigzag >> 1n) ^ -(zigzag & 1n));
  }

  /** Returns the number of elements of a block of an array or a map. Each element of those takes a byte or more. */
  readBlock(): number {
    const count = this.readLong();
    // A negative count is followed by the length of the block.
    if (count < 0) this.skipLong();
    return Math.abs(count) > this.rest ? truncated() : Math.abs(count);
  }

  /** Skips the blocks of an array or a map, by their length where they have one. */
  skipBlocks(skipElement: () => void): void {
    for (let count = this.readLong(); count !== 0; count = this.readLong()) {
      if (count < 0) this.skipFixed(this.readLong());
      else for (let i = 0; i < count; i++) skipElement();
    }
  }

  skipBoolean(): void {
    this.#advance(1);
  }

  skipInt(): void {
    this.readLong();
  }

  skipLong(): void {
    this.readLong();
  }

  skipFloat(): void {
    this.#advance(4);
  }

  skipDouble(): void {
    this.#advance(8);
  }

  skipFixed(length: number): void {
    this.#advance(length);
  }

  skipBytes(): void {
    this.#advance(this.readLong());
  }

  skipString(): void {
    this.#advance(this.readLong());
  }

  /** Moves the position by a length from the bytes, and returns the one before. */
  #advance(length: number): number {
    const start = this.pos;
    if (length < 0) throw new TypeError(`a length is negative: ${length}`);
    if (length > this.#bytes.length - start) truncated();
    this.pos = start + length;
    return start;
  }

  /** Returns a long after its first 28 bits. Integers of 32 bits cannot hold it. */
  #readLongFrom(low: number): number {
    let high = 0;
    let byte = 0x80;
    for (let unit = 1; byte & 0x80; unit *= 128) {
      if (unit > lastUnit) throw new TypeError('a long has more than 64 bits');
      byte = this.#bytes[this.pos++] ?? truncated();
      high += (byte & 0x7f) * unit;
    }
    const half = high * 2 ** 27 + (low >>> 1);
    return low & 1 ? -half - 1 : half;
  }

  /** Copies bytes to the memory of the number arrays. */
  #scratch(length: number): void {
    const start = this.#advance(length);
    for (let i = 0; i < length; i++) scratch[i] = this.#bytes[start + i] as number;
  }

  /** Returns a short ASCII text, otherwise undefined. Four characters at a time are fastest. */
  #ascii(start: number, end: number): string | undefined {
    const bytes = this.#bytes;
    let text = '';
    let at = start;
    for (; at + 4 <= end; at += 4) {
      const a = bytes[at] as number;
      const b = bytes[at + 1] as number;
      const c = bytes[at + 2] as number;
      const d = bytes[at + 3] as number;
      if ((a | b | c | d) > 0x7f) return undefined;
      text += String.fromCharCode(a, b, c, d);
    }
    for (; at < end; at++) {
      const code = bytes[at] as number;
      if (code > 0x7f) return undefined;
      text += String.fromCharCode(code);
    }
    return text;
  }

  #text(start: number, end: number): string {
    const text = utf8Slice.call(this.#bytes, start, end);
    // A replacement character is in the bytes, or stands for malformed ones, which are refused.
    return text.includes('\ufffd') ? fromUtf8(this.#bytes.subarray(start, end)) : text;
  }
}

const truncated = (): never => {
  throw new TypeError('the bytes are truncated');
};

/** Shorter texts than that are no chains of parts in V8, which would keep memory. */
const shortLength = 12;
/** The factor of the tenth byte of a long, behind its first 28 bits. */
const lastUnit = 128 ** 5;

const asDouble = new Float64Array(1);
const asFloat = new Float32Array(asDouble.buffer);
const scratch = new Uint8Array(asDouble.buffer);

/** Decodes UTF-8 in half of the time of a `TextDecoder`. The types of Node leave it out. */
const { utf8Slice } = Buffer.prototype as unknown as {
  readonly utf8Slice: (this: Bytes, start: number, end: number) => string;
};

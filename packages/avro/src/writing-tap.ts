/// <reference lib="es2024.string" />
import type { Bytes } from '@kstreams/core/graph';

/** The memory that small values share. */
const slabLength = 8192;
/** Values of at most this length get separate arrays, which V8 keeps in its heap. */
const shortLength = 64;
/** Longer values get separate arrays, so that they leave no slab half empty. */
const sharedLength = 1024;

/**
 * Writes Avro's primitive values, in place of the tap of avsc. The memory grows with the value, and text that UTF-8 cannot
 * hold is refused.
 */
export class WritingTap {
  #bytes: Bytes = new Uint8Array(slabLength);
  #view = new DataView(this.#bytes.buffer);
  /** The position of the first byte of the value. */
  #start = 0;
  /** The position of the next byte. */
  #pos = 0;

  /** Returns the bytes that were written since the last call. */
  take(): Bytes {
    const [start, end] = [this.#start, this.#pos];
    const length = end - start;
    if (length > shortLength && length <= sharedLength) {
      this.#start = end;
      return this.#bytes.subarray(start, end);
    }
    const bytes = this.#bytes.slice(start, end);
    this.drop();
    return bytes;
  }

  /** Forgets the bytes that were written since the last `take`. */
  drop(): void {
    if (this.#bytes.length > slabLength) this.#renew(slabLength);
    this.#pos = this.#start;
  }

  writeBoolean(value: boolean): void {
    this.#reserve(1);
    this.#bytes[this.#pos++] = value ? 1 : 0;
  }

  writeInt(value: number): void {
    this.writeLong(value);
  }

  /** Writes a long of at least -(2^52): a number cannot hold twice a smaller one. */
  writeLong(value: number): void {
    this.#reserve(10);
    if (value >= -(2 ** 30) && value < 2 ** 30) this.#writeZigzag((value << 1) ^ (value >> 31));
    else this.#writeLarge(value);
  }

  writeFloat(value: number): void {
    this.#reserve(4);
    this.#view.setFloat32(this.#pos, value, true);
    this.#pos += 4;
  }

  writeDouble(value: number): void {
    this.#reserve(8);
    this.#view.setFloat64(this.#pos, value, true);
    this.#pos += 8;
  }

  writeFixed(bytes: Bytes): void {
    this.#reserve(bytes.length);
    this.#bytes.set(bytes, this.#pos);
    this.#pos += bytes.length;
  }

  writeBytes(bytes: Bytes): void {
    this.writeLong(bytes.length);
    this.writeFixed(bytes);
  }

  writeString(text: string): void {
    if (text.length < shortLength && this.#writeAscii(text)) return;
    if (!text.isWellFormed()) throw new TypeError('the string has a lone surrogate, which UTF-8 cannot hold');
    const length = Buffer.byteLength(text);
    this.writeLong(length);
    this.#reserve(length);
    utf8Write.call(this.#bytes, text, this.#pos, length);
    this.#pos += length;
  }

  /** Writes a text with one character per byte. avsc holds the encoded defaults of fields in such texts. */
  writeBinary(text: string): void {
    this.#reserve(text.length);
    for (let i = 0; i < text.length; i++) this.#bytes[this.#pos++] = text.charCodeAt(i);
  }

  /** Writes a long in 8 bytes. */
  packLongBytes(bytes: Buffer): void {
    const value = bytes.readBigInt64LE();
    this.#reserve(10);
    let rest = BigInt.asUintN(64, (value << 1n) ^ (value >> 63n));
    for (; rest > 0x7fn; rest >>= 7n) this.#bytes[this.#pos++] = Number(rest & 0x7fn) | 0x80;
    this.#bytes[this.#pos++] = Number(rest);
  }

  #writeZigzag(value: number): void {
    const bytes = this.#bytes;
    let pos = this.#pos;
    let rest = value;
    for (; rest > 0x7f; rest >>>= 7) bytes[pos++] = (rest & 0x7f) | 0x80;
    bytes[pos++] = rest;
    this.#pos = pos;
  }

  /** Integers of 32 bits cannot hold it. */
  #writeLarge(value: number): void {
    let rest = value < 0 ? -2 * value - 1 : 2 * value;
    for (; rest > 0x7f; rest = Math.floor(rest / 128)) this.#bytes[this.#pos++] = (rest % 128) | 0x80;
    this.#bytes[this.#pos++] = rest;
  }

  /** Writes a short ASCII text and its length. Returns false, and writes nothing, for another one. */
  #writeAscii(text: string): boolean {
    const { length } = text;
    this.#reserve(length + 1);
    const bytes = this.#bytes;
    let pos = this.#pos + 1;
    for (let i = 0; i < length; i++) {
      const code = text.charCodeAt(i);
      if (code > 0x7f) return false;
      bytes[pos++] = code;
    }
    bytes[this.#pos] = length << 1;
    this.#pos = pos;
    return true;
  }

  /** Makes room for more bytes. */
  #reserve(length: number): void {
    if (length > this.#bytes.length - this.#pos) this.#grow(length);
  }

  #grow(length: number): void {
    const written = this.#bytes.subarray(this.#start, this.#pos);
    const needed = written.length + length;
    this.#renew(needed > slabLength ? 2 * needed : slabLength);
    this.#bytes.set(written);
    this.#pos = written.length;
  }

  #renew(length: number): void {
    this.#bytes = new Uint8Array(length);
    this.#view = new DataView(this.#bytes.buffer);
    this.#start = 0;
  }
}

/** Encodes UTF-8 without a part of the array. The types of Node leave it out. */
const { utf8Write } = Buffer.prototype as unknown as {
  readonly utf8Write: (this: Bytes, text: string, start: number, length: number) => number;
};

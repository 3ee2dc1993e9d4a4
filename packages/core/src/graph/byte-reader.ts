import type { Bytes } from './bytes.js';

/** Reads bytes from the first to the last. Throws a `RangeError` behind the last. */
export class ByteReader {
  readonly #bytes: Bytes;
  #at = 0;

  constructor(bytes: Bytes) {
    this.#bytes = bytes;
  }

  /** True behind the last byte. */
  get done(): boolean {
    return this.#at >= this.#bytes.length;
  }

  /** Returns the next bytes, as a part of those read. */
  take(count: number): Bytes {
    const from = this.#at;
    this.#at += count;
    if (this.#at > this.#bytes.length) throw new RangeError(`${count} bytes at ${from} of ${this.#bytes.length}`);
    return this.#bytes.subarray(from, this.#at);
  }

  /** Reads an integer of a number of bytes, the lowest first. */
  uint(count: number): number {
    return this.take(count).reduceRight((number, byte) => number * 256 + byte, 0);
  }

  /** Reads an integer in seven bits a byte, the lowest first. */
  varint(): number {
    for (let number = 0, weight = 1; ; weight *= 128) {
      const byte = this.#bytes[this.#at++];
      if (byte === undefined) throw new RangeError(`the ${this.#bytes.length} bytes end within a number`);
      number += (byte & 127) * weight;
      if (byte < 128) return number;
    }
  }
}

import utils from 'avsc/lib/utils.js';

/**
 * Reads bytes as avsc does, but ends at the first read beyond them. avsc notices those only afterwards: a corrupt length
 * would fill the memory before.
 */
export class CheckedTap extends utils.Tap {
  override readBoolean(): boolean {
    return this.#checked(super.readBoolean());
  }

  override skipBoolean(): void {
    this.#checked(super.skipBoolean());
  }

  override readInt(): number {
    return this.#checked(super.readInt());
  }

  override skipInt(): void {
    this.#checked(super.skipInt());
  }

  override readLong(): number {
    return this.#checked(super.readLong());
  }

  override skipLong(): void {
    this.#checked(super.skipLong());
  }

  override readFloat(): number {
    return this.#checked(super.readFloat());
  }

  override skipFloat(): void {
    this.#checked(super.skipFloat());
  }

  override readDouble(): number {
    return this.#checked(super.readDouble());
  }

  override skipDouble(): void {
    this.#checked(super.skipDouble());
  }

  override readFixed(length: number): Buffer {
    return this.#checked(super.readFixed(length));
  }

  override skipFixed(length: number): void {
    this.#checked(super.skipFixed(length));
  }

  override readBytes(): Buffer {
    return this.#checked(super.readBytes());
  }

  override skipBytes(): void {
    this.#checked(super.skipBytes());
  }

  override readString(): string {
    return this.#checked(super.readString());
  }

  override skipString(): void {
    this.#checked(super.skipString());
  }

  override unpackLongBytes(): Buffer {
    return this.#checked(super.unpackLongBytes());
  }

  /** Reads the number of elements of a block of an array. */
  readArrayLength(): number {
    const length = this.readLong();
    // A negative length is followed by the bytes of the block.
    if (length < 0) this.skipLong();
    if (Math.abs(length) > this.buf.length - this.pos) throw new TypeError('the bytes are truncated');
    return Math.abs(length);
  }

  #checked<T>(read: T): T {
    if (this.pos > this.buf.length) throw new TypeError('the bytes are truncated');
    return read;
  }
}

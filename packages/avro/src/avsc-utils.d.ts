/** The reader of avsc, which its types leave out. */
declare module 'avsc/lib/utils.js' {
  class Tap {
    readonly buf: Buffer;
    readonly pos: number;
    constructor(buf: Buffer);
    readBoolean(): boolean;
    skipBoolean(): void;
    readInt(): number;
    skipInt(): void;
    readLong(): number;
    skipLong(): void;
    readFloat(): number;
    skipFloat(): void;
    readDouble(): number;
    skipDouble(): void;
    readFixed(length: number): Buffer;
    skipFixed(length: number): void;
    readBytes(): Buffer;
    skipBytes(): void;
    readString(): string;
    skipString(): void;
    unpackLongBytes(): Buffer;
  }
  const utils: { readonly Tap: typeof Tap };
  export default utils;
}

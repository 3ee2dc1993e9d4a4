/** Arrays and maps whose corrupt lengths end at the end of the bytes. */
import avsc from 'avsc';
import type { ReadingTap } from './reading-tap.js';

/** The part of an element's type that avsc's declarations leave out. */
interface ElementType {
  _read(tap: ReadingTap): unknown;
  _skip(tap: ReadingTap): void;
}

/** An array without memory for elements that its bytes cannot hold. */
export class CheckedArrayType extends avsc.types.ArrayType {
  /** Also runs as the reader of a resolver, with the elements of that. */
  protected _read(this: { readonly itemsType: ElementType }, tap: ReadingTap): unknown[] {
    const items = this.itemsType;
    const all: unknown[] = [];
    for (let count = tap.readBlock(); count > 0; count = tap.readBlock()) {
      for (let i = 0; i < count; i++) all.push(items._read(tap));
    }
    return all;
  }

  protected _skip(tap: ReadingTap): void {
    const items = this.itemsType as unknown as ElementType;
    tap.skipBlocks(() => items._skip(tap));
  }
}

/** A map with the entries that its bytes hold, also one named `__proto__`. */
export class CheckedMapType extends avsc.types.MapType {
  /** Also runs as the reader of a resolver, with the values of that. */
  protected _read(this: { readonly valuesType: ElementType }, tap: ReadingTap): Record<string, unknown> {
    const values = this.valuesType;
    const all: Record<string, unknown> = {};
    for (let count = tap.readBlock(); count > 0; count = tap.readBlock()) {
      for (let i = 0; i < count; i++) {
        const key = tap.readString();
        const value = values._read(tap);
        if (key === '__proto__') Object.defineProperty(all, key, { value, ...anEntry });
        else all[key] = value;
      }
    }
    return all;
  }

  protected _skip(tap: ReadingTap): void {
    const values = this.valuesType as ElementType;
    tap.skipBlocks(() => {
      tap.skipString();
      values._skip(tap);
    });
  }
}

const anEntry = { configurable: true, enumerable: true, writable: true };

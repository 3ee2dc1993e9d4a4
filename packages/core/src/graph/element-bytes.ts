import { type Bytes, checkedBytes } from './bytes.js';
import type { RecordHeaders } from './record.js';

/** The byte after a 0x00. */
const endMark = 0x01;
const zeroMark = 0xff;
const nullMark = 0x00;

/**
 * Encodes byte strings, or nulls, as one byte string in the same unsigned order, compared element by element. 0x00 0x01 ends
 * an element, 0x00 0xff is a zero byte in one, and 0x00 0x00 is a null, which sorts first. `room` free bytes follow for the
 * caller.
 */
export const packElements = (elements: readonly (Bytes | null)[], room = 0): Bytes => {
  let length = room;
  for (const element of elements) {
    length += 2;
    if (element === null) continue;
    length += checkedBytes(element).length;
    for (let i = 0; i < element.length; i++) if (element[i] === 0) length++;
  }
  const packed = new Uint8Array(length);
  let at = 0;
  for (const element of elements) {
    if (element !== null) {
      for (let i = 0; i < element.length; i++) {
        const byte = element[i] as number;
        packed[at++] = byte;
        if (byte === 0) packed[at++] = zeroMark;
      }
    }
    at++;
    packed[at++] = element === null ? nullMark : endMark;
  }
  return packed;
};

/**
 * Returns a number of bytes that packed elements never exceed: elements of at most these sizes, then the names and values of
 * headers.
 */
export const maxPackedSize = (sizes: readonly number[], headers: RecordHeaders): number => {
  let size = 0;
  for (const one of sizes) size += 2 * one + 2;
  for (const [name, value] of headers) size += 6 * name.length + 2 * (value?.length ?? 0) + 4;
  return size;
};

/** An element and the position of the next one. */
export interface UnpackedElement {
  readonly element: Bytes | null;
  readonly next: number;
}

/** Decodes the element that begins at `from`; returns `undefined` when the bytes are malformed. */
export const unpackElement = (packed: Bytes, from: number): UnpackedElement | undefined => {
  let zeros = 0;
  for (let i = from; i + 1 < packed.length; i++) {
    if (packed[i] !== 0) continue;
    const mark = packed[++i];
    if (mark === zeroMark) {
      zeros++;
      continue;
    }
    if (mark === nullMark) return i === from + 1 ? { element: null, next: i + 1 } : undefined;
    if (mark !== endMark) return undefined;
    const escaped = packed.subarray(from, i - 1);
    return { element: zeros === 0 ? escaped : unescaped(escaped, zeros), next: i + 1 };
  }
  return undefined;
};

const unescaped = (escaped: Bytes, zeros: number): Bytes => {
  const element = new Uint8Array(escaped.length - zeros);
  let at = 0;
  for (let i = 0; i < escaped.length; i++) {
    element[at++] = escaped[i] as number;
    if (escaped[i] === 0) i++;
  }
  return element;
};

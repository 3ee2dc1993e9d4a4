import { type Bytes, concatBytes } from '../graph/bytes.js';
import { encodeTimestamp, readTimestamp, timestampLength, writeTimestamp } from '../graph/timestamp-bytes.js';
import type { StoredRow, StoredRows } from './stored-rows.js';

/** The row of a key from one instant to before another, in ms; `undefined` for a delete. */
export interface Version<V> {
  readonly from: number;
  readonly to: number;
  readonly row: StoredRow<V> | undefined;
}

/** The newest version of a key, which may be a delete, and the segments in which older versions end, ascending. */
export interface Head<R> {
  readonly from: number;
  readonly row: R | undefined;
  readonly segments: readonly number[];
}

/** The first byte of the row keys of heads and of older versions. */
const [headTag, runTag] = [1, 2];

/** Returns the row key of the newest version of a key. */
export const encodeHeadKey = (key: Bytes): Bytes => concatBytes(Uint8Array.of(headTag), key);

/** Returns the key of a newest version's row, or `undefined` for a row of another kind. */
export const decodeHeadKey = (bytes: Bytes): Bytes | undefined =>
  bytes[0] === headTag ? bytes.subarray(1) : undefined;

/** Returns the row key of the versions of a key that end in a segment. */
export const encodeRunKey = (segment: number, key: Bytes): Bytes =>
  concatBytes(Uint8Array.of(runTag), encodeTimestamp(segment), key);

const headLength = 1 + timestampLength + 2;

/** Returns a number of bytes that an encoded head never exceeds. */
export const maxHeadSize = <V>({ row, segments }: Head<StoredRow<V>>, rows: StoredRows<V>): number =>
  headLength + segments.length * timestampLength + (row === undefined ? 0 : rows.maxSize(row));

/** Encodes a head: a flag, its instant, the number of segments, the segments, the value. */
export const encodeHead = <V>({ from, row, segments }: Head<StoredRow<V>>, rows: StoredRows<V>): Bytes => {
  const head = new Uint8Array(headLength + segments.length * timestampLength);
  head[0] = row === undefined ? 0 : 1;
  writeTimestamp(head, 1, from);
  new DataView(head.buffer).setUint16(1 + timestampLength, segments.length);
  segments.forEach((segment, i) => {
    writeTimestamp(head, 3 + (i + 1) * timestampLength, segment);
  });
  return row === undefined ? head : concatBytes(head, rows.encode(row));
};

/** Decodes the bytes of {@link encodeHead}; `load` makes the row of its value. */
export const decodeHead = <R>(bytes: Bytes, load: (value: Bytes, timestamp: number) => R): Head<R> => {
  const count = new DataView(bytes.buffer, bytes.byteOffset).getUint16(1 + timestampLength);
  const segments = Array.from({ length: count }, (_, i) => readTimestamp(bytes, 3 + (i + 1) * timestampLength));
  const from = readTimestamp(bytes, 1);
  const row = bytes[0] === 1 ? load(bytes.subarray(3 + (count + 1) * timestampLength), from) : undefined;
  return { from, row, segments };
};

/** The bytes before each value: the bounds of the version, a flag and the length of the value. */
const versionLength = 2 * timestampLength + 1 + 4;

/** Returns a number of bytes that encoded versions never exceed. */
export const maxVersionsSize = <V>(versions: readonly Version<V>[], rows: StoredRows<V>): number => {
  let size = versions.length * versionLength;
  for (const { row } of versions) if (row !== undefined) size += rows.maxSize(row);
  return size;
};

/** Encodes versions in order. */
export const encodeVersions = <V>(versions: readonly Version<V>[], rows: StoredRows<V>): Bytes => {
  const values = versions.map(({ row }) => row && rows.encode(row));
  const bytes = new Uint8Array(values.reduce((length, value) => length + versionLength + (value?.length ?? 0), 0));
  const view = new DataView(bytes.buffer);
  let to = 0;
  versions.forEach((version, i) => {
    const value = values[i];
    writeTimestamp(bytes, to, version.from);
    writeTimestamp(bytes, to + timestampLength, version.to);
    bytes[to + 2 * timestampLength] = value === undefined ? 0 : 1;
    view.setUint32(to + 2 * timestampLength + 1, value?.length ?? 0);
    to += versionLength;
    if (value === undefined) return;
    bytes.set(value, to);
    to += value.length;
  });
  return bytes;
};

/** Decodes the bytes of {@link encodeVersions}. */
export const decodeVersions = <V>(bytes: Bytes, rows: StoredRows<V>): Version<V>[] => {
  const versions: Version<V>[] = [];
  const view = new DataView(bytes.buffer, bytes.byteOffset);
  for (let from = 0; from < bytes.length; ) {
    const start = from + versionLength;
    const end = start + view.getUint32(start - 4);
    const begin = readTimestamp(bytes, from);
    versions.push({
      from: begin,
      to: readTimestamp(bytes, from + timestampLength),
      row: bytes[start - 5] === 1 ? rows.load(bytes.subarray(start, end), begin) : undefined,
    });
    from = end;
  }
  return versions;
};

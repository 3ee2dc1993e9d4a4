import { type Bytes, concatBytes } from '../graph/bytes.js';
import type { Coordinates, Serde } from '../graph/serde.js';
import { encodeTimestamp, readTimestamp, timestampLength, writeTimestamp } from '../graph/timestamp-bytes.js';

/** The value of a key from one instant to before another, in ms; `undefined` for a delete. */
export interface Version<V> {
  readonly from: number;
  readonly to: number;
  readonly value: V | undefined;
}

/** The newest version of a key, which may be a delete, and the segments in which older versions end, ascending. */
export interface Head<V> {
  readonly from: number;
  readonly value: V | undefined;
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

/** Encodes a head: a flag, its instant, the number of segments, the segments, the value. */
export const encodeHead = <V>({ from, value, segments }: Head<V>, serde: Serde<V>, at: Coordinates): Bytes => {
  const head = new Uint8Array(1 + timestampLength + 2 + segments.length * timestampLength);
  head[0] = value === undefined ? 0 : 1;
  writeTimestamp(head, 1, from);
  new DataView(head.buffer).setUint16(1 + timestampLength, segments.length);
  segments.forEach((segment, i) => {
    writeTimestamp(head, 3 + (i + 1) * timestampLength, segment);
  });
  return value === undefined ? head : concatBytes(head, serde.encode(value, at));
};

/** Decodes the bytes of {@link encodeHead}. */
export const decodeHead = <V>(bytes: Bytes, serde: Serde<V>, at: Coordinates): Head<V> => {
  const count = new DataView(bytes.buffer, bytes.byteOffset).getUint16(1 + timestampLength);
  const segments = Array.from({ length: count }, (_, i) => readTimestamp(bytes, 3 + (i + 1) * timestampLength));
  const value = bytes[0] === 1 ? serde.decode(bytes.subarray(3 + (count + 1) * timestampLength), at) : undefined;
  return { from: readTimestamp(bytes, 1), value, segments };
};

/** The bytes before each value: the bounds of the version, a flag and the length of the value. */
const versionLength = 2 * timestampLength + 1 + 4;

/** Encodes versions in order. */
export const encodeVersions = <V>(versions: readonly Version<V>[], serde: Serde<V>, at: Coordinates): Bytes => {
  const values = versions.map(({ value }) => (value === undefined ? undefined : serde.encode(value, at)));
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
export const decodeVersions = <V>(bytes: Bytes, serde: Serde<V>, at: Coordinates): Version<V>[] => {
  const versions: Version<V>[] = [];
  const view = new DataView(bytes.buffer, bytes.byteOffset);
  for (let from = 0; from < bytes.length; ) {
    const start = from + versionLength;
    const end = start + view.getUint32(start - 4);
    versions.push({
      from: readTimestamp(bytes, from),
      to: readTimestamp(bytes, from + timestampLength),
      value: bytes[start - 5] === 1 ? serde.decode(bytes.subarray(start, end), at) : undefined,
    });
    from = end;
  }
  return versions;
};

import { type Bytes, readTimestamp, timestampLength, writeTimestamp } from '@kstreams/core/graph';
import type { StoredRow, StoredRows } from '@kstreams/core/state';

/** The smallest and largest timestamp of a run. */
export interface Bounds {
  readonly first: number;
  readonly last: number;
}

/** The records of one key and segment of time that share a byte key, in the order of arrival. */
export interface Run<V> {
  readonly records: StoredRow<V>[];
  /** In the first run of a segment: the bounds of all full runs, including itself. Else empty. */
  full: readonly Bounds[];
  /** A number of bytes that the encoded records never exceed. */
  size: number;
}

const noBounds: readonly Bounds[] = [];

/** Returns a new run. */
export const emptyRun = <V>(): Run<V> => ({ full: noBounds, records: [], size: 0 });

/** Returns a run of one record, with a number of bytes that it never exceeds. */
export const runOf = <V>(record: StoredRow<V>, size: number): Run<V> => ({ full: noBounds, records: [record], size });

/** The number of records in a full run. */
export const runLength = 64;

/** The size at which a run is full, in bytes. */
export const runSize = 65_536;

/** Returns the bounds of a run's records. */
export const boundsOf = (records: readonly StoredRow<unknown>[]): Bounds => {
  let [first, last] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for (const { timestamp } of records) {
    if (timestamp < first) first = timestamp;
    if (timestamp > last) last = timestamp;
  }
  return { first, last };
};

const boundsLength = 2 * timestampLength;
/** Two counts, followed by the bounds of full runs and the timestamp, length and value of each record. */
const countsLength = 8;

/** Returns a number of bytes that an encoded run never exceeds. */
export const maxRunSize = ({ full, size }: Run<unknown>): number => countsLength + full.length * boundsLength + size;

/** Returns a number of bytes that an encoded record of a run never exceeds. */
export const maxRecordSize = <V>(record: StoredRow<V>, rows: StoredRows<V>): number =>
  timestampLength + 4 + rows.maxSize(record);

/** Encodes a run. */
export const encodeRun = <V>({ full, records }: Run<V>, rows: StoredRows<V>): Bytes => {
  const values = records.map((record) => rows.encode(record));
  let length = countsLength + full.length * boundsLength + records.length * (timestampLength + 4);
  for (const value of values) length += value.length;
  const bytes = new Uint8Array(length);
  const view = new DataView(bytes.buffer);
  view.setUint32(0, full.length);
  view.setUint32(4, records.length);
  let to = countsLength;
  for (const { first, last } of full) {
    writeTimestamp(bytes, to, first);
    writeTimestamp(bytes, to + timestampLength, last);
    to += boundsLength;
  }
  records.forEach(({ timestamp }, i) => {
    const value = values[i] as Bytes;
    writeTimestamp(bytes, to, timestamp);
    view.setUint32(to + timestampLength, value.length);
    bytes.set(value, to + timestampLength + 4);
    to += timestampLength + 4 + value.length;
  });
  return bytes;
};

/** Decodes the bytes of {@link encodeRun}. */
export const decodeRun = <V>(bytes: Bytes, rows: StoredRows<V>): Run<V> => {
  const view = new DataView(bytes.buffer, bytes.byteOffset);
  const run = emptyRun<V>();
  let from = countsLength;
  const full: Bounds[] = [];
  for (let i = view.getUint32(0); i > 0; i--) {
    full.push({ first: readTimestamp(bytes, from), last: readTimestamp(bytes, from + timestampLength) });
    from += boundsLength;
  }
  run.full = full;
  for (let i = view.getUint32(4); i > 0; i--) {
    const start = from + timestampLength + 4;
    const end = start + view.getUint32(from + timestampLength);
    const record = rows.load(bytes.subarray(start, end), readTimestamp(bytes, from));
    run.records.push(record);
    run.size += maxRecordSize(record, rows);
    from = end;
  }
  return run;
};

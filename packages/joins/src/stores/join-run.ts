import {
  type Bytes,
  type Coordinates,
  readTimestamp,
  type Serde,
  timestampLength,
  writeTimestamp,
} from '@kstreams/core/graph';

/** A record that waits for its other side. */
export interface Buffered<V> {
  readonly timestamp: number;
  readonly value: V;
}

/** The timestamps that a run lies between. */
export interface Bounds {
  readonly first: number;
  readonly last: number;
}

/** Records of one key and stretch of time that are kept under one byte key, in the order of their arrival. */
export interface Run<V> {
  readonly records: Buffered<V>[];
  /** In the first run of its stretch: the bounds of all runs that are full, this one included. Elsewhere empty. */
  readonly full: Bounds[];
}

/** How many records make a run full. */
export const runLength = 64;

/** The bounds of a run's records. */
export const boundsOf = (records: readonly Buffered<unknown>[]): Bounds => {
  let [first, last] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for (const { timestamp } of records) {
    if (timestamp < first) first = timestamp;
    if (timestamp > last) last = timestamp;
  }
  return { first, last };
};

const boundsLength = 2 * timestampLength;
/** Two counts; behind them the bounds of full runs, then of each record its timestamp, length and value. */
const countsLength = 8;

/** The bytes of a run. */
export const encodeRun = <V>({ full, records }: Run<V>, serde: Serde<V>, at: Coordinates): Bytes => {
  const values = records.map(({ value }) => serde.encode(value, at));
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

/** The run of bytes that {@link encodeRun} made. */
export const decodeRun = <V>(bytes: Bytes, serde: Serde<V>, at: Coordinates): Run<V> => {
  const view = new DataView(bytes.buffer, bytes.byteOffset);
  const run: Run<V> = { full: [], records: [] };
  let from = countsLength;
  for (let i = view.getUint32(0); i > 0; i--) {
    run.full.push({ first: readTimestamp(bytes, from), last: readTimestamp(bytes, from + timestampLength) });
    from += boundsLength;
  }
  for (let i = view.getUint32(4); i > 0; i--) {
    const start = from + timestampLength + 4;
    const end = start + view.getUint32(from + timestampLength);
    run.records.push({ timestamp: readTimestamp(bytes, from), value: serde.decode(bytes.subarray(start, end), at) });
    from = end;
  }
  return run;
};

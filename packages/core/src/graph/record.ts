import type { Bytes } from './bytes.js';

/** A record's headers in order. A name may occur twice, and a value may be null. */
export type RecordHeaders = readonly (readonly [name: string, value: Bytes | null])[];

/** An empty list of headers, shared by all records without headers. */
export const noHeaders: RecordHeaders = Object.freeze([]);

/** A record: a key, a value, a timestamp in ms since 1970 (UTC), and headers. Immutable. */
export interface StreamRecord<out K, out V> {
  readonly key: K;
  readonly value: V;
  readonly timestamp: number;
  readonly headers: RecordHeaders;
}

/** Creates a record. All records are created here, so that they share a hidden class and stay fast to read. */
export const record = <K, V>(
  key: K,
  value: V,
  timestamp: number,
  headers: RecordHeaders = noHeaders,
): StreamRecord<K, V> => ({ key, value, timestamp, headers });

/** Returns the record with another value. */
export const withValue = <K, V>(from: StreamRecord<K, unknown>, value: V): StreamRecord<K, V> =>
  record(from.key, value, from.timestamp, from.headers);

/** Returns the record with another key. */
export const withKey = <K, V>(from: StreamRecord<unknown, V>, key: K): StreamRecord<K, V> =>
  record(key, from.value, from.timestamp, from.headers);

import type { Bytes } from './bytes.js';

/** A record's headers in order; Kafka allows a name twice. */
export type RecordHeaders = readonly (readonly [name: string, value: Bytes])[];

/** No headers; shared, so that records without any cost nothing for it. */
export const noHeaders: RecordHeaders = Object.freeze([]);

/** What flows: a key, a value, a timestamp in milliseconds since 1970 (UTC), and headers. Immutable. */
export interface StreamRecord<out K, out V> {
  readonly key: K;
  readonly value: V;
  readonly timestamp: number;
  readonly headers: RecordHeaders;
}

/** Makes a record. The one place that does, so that all records share a hidden class and stay fast to read. */
export const record = <K, V>(
  key: K,
  value: V,
  timestamp: number,
  headers: RecordHeaders = noHeaders,
): StreamRecord<K, V> => ({ key, value, timestamp, headers });

/** The same record with another value. */
export const withValue = <K, V>(from: StreamRecord<K, unknown>, value: V): StreamRecord<K, V> =>
  record(from.key, value, from.timestamp, from.headers);

/** The same record with another key. */
export const withKey = <K, V>(from: StreamRecord<unknown, V>, key: K): StreamRecord<K, V> =>
  record(key, from.value, from.timestamp, from.headers);

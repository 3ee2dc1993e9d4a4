import { type AnySerde, fromUtf8, messageOf, type Received, retryPending, toTypedJson } from '@kstreams/core/graph';
import type { TopicSerdes } from './serdes.js';

/** A record as JSON. */
export interface DecodedRecord {
  readonly partition: number;
  readonly offset: number;
  /** In ISO 8601. */
  readonly timestamp: string;
  readonly key: unknown;
  readonly value: unknown;
  readonly headers?: Readonly<Record<string, string>>;
  /** The error of a key or value that cannot be decoded; its bytes stand in its place. */
  readonly error?: string;
}

/** Decodes a record. */
export const decodeRecord = async (record: Received, { key, value }: TopicSerdes): Promise<DecodedRecord> => {
  const { headers, offset, partition, timestamp, topic } = record;
  const errors: string[] = [];
  const decoded = async (bytes: Uint8Array | null, serde: AnySerde): Promise<unknown> => {
    if (bytes === null) return null;
    try {
      return toTypedJson(await retryPending(() => serde.decode(bytes, { topic, headers })));
    } catch (thrown) {
      errors.push(messageOf(thrown));
      return toTypedJson(bytes);
    }
  };
  const pair = { key: await decoded(record.key, key), value: await decoded(record.value, value) };
  return {
    partition,
    offset,
    timestamp: new Date(timestamp).toISOString(),
    ...pair,
    ...(headers.length > 0 && {
      headers: Object.fromEntries(headers.map(([name, bytes]) => [name, bytes === null ? '' : fromUtf8(bytes)])),
    }),
    ...(errors.length > 0 && { error: errors.join('; ') }),
  };
};

/** Returns a value as one line, with control characters escaped, which could change the terminal. */
export const textOf = (value: unknown): string => {
  if (typeof value !== 'string') return JSON.stringify(value);
  return /[\p{Cc}]/u.test(value) ? JSON.stringify(value).replaceAll('\u007f', '\\u007f') : value;
};

/** Conversion of records between the library's form and the client's. */
import { type Bytes, noHeaders, plainBytes, type Received, type RecordHeaders } from '@kstreams/core/graph';
import type { NativeHeader, NativeMessage } from './addon.js';

/** Returns a fetched record, with plain `Uint8Array`s. */
export const receivedOf = (message: NativeMessage): Received => ({
  topic: message.topic,
  partition: message.partition,
  offset: message.offset,
  timestamp: message.timestamp,
  key: plainOrNull(message.key),
  value: plainOrNull(message.value),
  headers: message.headers === undefined ? noHeaders : headersOf(message.headers),
});

const plainOrNull = (bytes: Bytes | null): Bytes | null => (bytes === null ? null : plainBytes(bytes));

const headersOf = (headers: readonly NativeHeader[]): RecordHeaders => headers.map(headerOf);

/** Returns a fetched header. The client sets its name as a property, so the value of `__proto__` is the prototype. */
const headerOf = (header: NativeHeader): RecordHeaders[number] => {
  const [entry] = Object.entries(header);
  const [name, value] = entry ?? ['__proto__', Object.getPrototypeOf(header) as Bytes | null];
  return [name, plainOrNull(value)];
};

/** Returns the headers to produce; `undefined` for none. */
export const nativeHeadersOf = (headers: RecordHeaders): readonly NativeHeader[] | undefined =>
  headers.length === 0
    ? undefined
    : headers.map(([name, value]) => ({ [name]: value === null ? nothing : nativeBytesOf(value) }));

/** An empty array over one byte of memory: the client takes an array without memory for null. */
const emptyBytes: Bytes = new Uint8Array(1).subarray(0, 0);

/** An array without memory, which the client produces as a null header; it refuses null itself. */
const nothing: Bytes = new Uint8Array(0);

/** Returns the bytes to produce. */
export const nativeBytesOf = <B extends Bytes | null>(bytes: B): Bytes | B =>
  bytes !== null && bytes.length === 0 ? emptyBytes : bytes;

/** Returns the timestamp to produce: the client takes 0 for "now", so 0 is sent as 1. */
export const nativeTimestampOf = (timestamp: number): number => (timestamp === 0 ? 1 : timestamp);

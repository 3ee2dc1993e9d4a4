/** Records between the library's form and the client's. */
import { type Bytes, noBytes, noHeaders, type Received, type RecordHeaders } from '@kstreams/core/graph';
import type { NativeMessage } from './addon.js';

type NativeHeaders = readonly Readonly<Record<string, Bytes>>[];

/** A record that was read. Its bytes become plain arrays: a Node `Buffer` slices otherwise than they do. */
export const receivedOf = (message: NativeMessage): Received => ({
  topic: message.topic,
  partition: message.partition,
  offset: message.offset,
  timestamp: message.timestamp,
  key: plain(message.key),
  value: plain(message.value),
  headers: message.headers === undefined ? noHeaders : headersOf(message.headers),
});

const plain = (bytes: Bytes | null): Bytes | null =>
  bytes === null ? null : new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.byteLength);

const headersOf = (headers: NativeHeaders): RecordHeaders =>
  headers.map((header) => {
    const [[name, value]] = Object.entries(header) as [[string, Bytes | null]];
    return [name, plain(value) ?? noBytes];
  });

/** Headers to be sent. */
export const nativeHeadersOf = (headers: RecordHeaders): NativeHeaders | undefined =>
  headers.length === 0 ? undefined : headers.map(([name, value]) => ({ [name]: present(value) }));

/** No bytes that lie somewhere: the client takes an array without memory for null. */
const empty: Bytes = new Uint8Array(1).subarray(0, 0);

/** Bytes to be sent. */
export const present = <B extends Bytes | null>(bytes: B): Bytes | B =>
  bytes !== null && bytes.length === 0 ? empty : bytes;

/** A timestamp to be sent: the client takes 0 for "now", so the first millisecond of 1970 is sent as the second. */
export const nativeTimestampOf = (timestamp: number): number => (timestamp === 0 ? 1 : timestamp);

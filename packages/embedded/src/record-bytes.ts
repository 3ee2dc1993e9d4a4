import { type Bytes, concatBytes, noHeaders, type Outgoing, type Received, toUtf8 } from '@kstreams/core';

/** How a record lies in the log: timestamp, key, value, headers; lengths of four bytes, -1 for null. */
export const encodeRecord = ({ timestamp, key, value, headers }: Outgoing): Bytes => {
  const head = new Uint8Array(8);
  new DataView(head.buffer).setFloat64(0, timestamp);
  const parts = headers.flatMap(([name, content]) => [sized(toUtf8(name)), sized(content)]);
  return concatBytes(head, sized(key), sized(value), ...parts);
};

/** The record of bytes that {@link encodeRecord} made. */
export const decodeRecord = (bytes: Bytes, topic: string, partition: number, offset: number): Received => {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  let at = 8;
  const next = (): Bytes | null => {
    const length = view.getInt32(at);
    at += 4;
    if (length < 0) return null;
    at += length;
    return bytes.subarray(at - length, at);
  };
  const key = next();
  const value = next();
  const headers: [string, Bytes][] = [];
  while (at < bytes.length) headers.push([new TextDecoder().decode(next() as Bytes), next() as Bytes]);
  const timestamp = view.getFloat64(0);
  return { topic, partition, offset, timestamp, key, value, headers: headers.length === 0 ? noHeaders : headers };
};

const sized = (bytes: Bytes | null): Bytes => {
  const length = new Uint8Array(4);
  new DataView(length.buffer).setInt32(0, bytes === null ? -1 : bytes.length);
  return bytes === null ? length : concatBytes(length, bytes);
};

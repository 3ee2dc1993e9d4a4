import type { Bytes } from '@kstreams/core/graph';
import type { AbstractLevel } from 'abstract-level';

/** The database below a log: bytes to bytes, in the order of keys. */
export type Database = AbstractLevel<string | Bytes | Uint8Array, Bytes, Bytes>;

/** One write: the new bytes of a key, or `undefined` to delete it. */
export type Put = readonly [key: Bytes, value: Bytes | undefined];

/** The bytes as a plain `Uint8Array`: databases of Node answer a `Buffer`, whose `slice` does not copy. */
export const plainBytes = (bytes: Bytes): Bytes => new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.byteLength);

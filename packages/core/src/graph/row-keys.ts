import { afterPrefix, type Bytes, concatBytes } from './bytes.js';
import { toUtf8 } from './utf8.js';

/**
 * Returns the key prefix of a store's rows in the shared byte store: `<store>/<partition>/`. Store names contain no slash.
 * Sub-topology numbers are left out because they change when a topology grows.
 */
export const storePrefix = (store: string, partition: number): Bytes => toUtf8(`${store}/${partition}/`);

/** Returns the key of a store's changelog position, which is written in the same batch as its rows. */
export const positionKey = (store: string, partition: number): Bytes => toUtf8(`@position/${store}/${partition}`);

/** Returns the range of all keys with a prefix. */
export const rangeOf = (prefix: Bytes): readonly [from: Bytes, to: Bytes] => [
  prefix,
  afterPrefix(prefix) ?? concatBytes(prefix, new Uint8Array([0xff])),
];

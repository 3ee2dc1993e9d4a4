import { afterPrefix, type Bytes, concatBytes, toUtf8 } from '@kstreams/core/graph';

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

/** Encodes the offset of the next changelog record to apply, with the id of its topic. */
export const encodePosition = (offset: number, topicId?: string): Bytes =>
  toUtf8(topicId === undefined ? String(offset) : `${offset} ${topicId}`);

/** Decodes the offset of {@link encodePosition}. */
export const decodePosition = (bytes: Bytes): number => Number(new TextDecoder().decode(bytes).split(' ')[0]);

/** True when a position belongs to the topic with this id, or when either id is unknown. */
export const isPositionOf = (bytes: Bytes, topicId: string | undefined): boolean => {
  const [, id] = new TextDecoder().decode(bytes).split(' ');
  return id === undefined || topicId === undefined || id === topicId;
};

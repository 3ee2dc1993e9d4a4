import { afterPrefix, type Bytes, concatBytes, toUtf8 } from '@kstreams/core/graph';

/**
 * How one byte store holds the rows of many stores and tasks: under `<store>/<partition>/`, which no store name can
 * imitate. Sub-topology numbers are left out on purpose: they move when a topology grows, names do not.
 */
export const storePrefix = (store: string, partition: number): Bytes => toUtf8(`${store}/${partition}/`);

/** Where the changelog position of a store's rows is kept, in the same batch as the rows. */
export const positionKey = (store: string, partition: number): Bytes => toUtf8(`@position/${store}/${partition}`);

/** All keys below a prefix. */
export const rangeOf = (prefix: Bytes): readonly [from: Bytes, to: Bytes] => [
  prefix,
  afterPrefix(prefix) ?? concatBytes(prefix, new Uint8Array([0xff])),
];

/** A position, the offset of the next changelog record to apply, as bytes. */
export const encodePosition = (offset: number, topicId?: string): Bytes =>
  toUtf8(topicId === undefined ? String(offset) : `${offset} ${topicId}`);

/** The position of bytes that {@link encodePosition} made. */
export const decodePosition = (bytes: Bytes): number => Number(new TextDecoder().decode(bytes).split(' ')[0]);

/** True when a position is one of the topic with this id, as far as that is known. */
export const isPositionOf = (bytes: Bytes, topicId: string | undefined): boolean => {
  const [, id] = new TextDecoder().decode(bytes).split(' ');
  return id === undefined || topicId === undefined || id === topicId;
};

import {
  type AnySerde,
  type Bytes,
  type Coordinates,
  checkedBytes,
  equalBytes,
  mayPend,
  type Received,
  type SourceNode,
  type Subtopology,
} from '@kstreams/core/graph';
import type { Decode } from './record-queue.js';

/** A topic has records with keys in other bytes than those that the key serde of its source writes. */
export interface KeyBytesEvent {
  readonly kind: 'key-bytes-differ';
  readonly topic: string;
  /** The partition of the first such record. */
  readonly partition: number;
  /** The offset of the first such record. */
  readonly offset: number;
}

/**
 * True when the bytes of a source's keys have to be those that its serde writes, and may be others: its records are rows,
 * or meet state by their keys. Strings and numbers have one form, and repartition topics are written by the same serde. A
 * serde that loads something, such as the id of a schema, may not be prepared for encoding to a source topic.
 */
export const checksKeyBytes = (
  { key, nulls, repartition }: Pick<SourceNode, 'key' | 'nulls' | 'repartition'>,
  { stores }: Pick<Subtopology, 'stores'>,
): boolean =>
  repartition === undefined && (nulls === 'pass' || stores.length > 0) && key.primitive !== true && !mayPend(key);

/** Number of records of a partition that are all checked. A connector writes all its keys in one form. */
const checkedFirst = 1_000;

/** One of so many later records is checked, until a key differs: encoding a key costs about half as much as decoding its record. */
const sampled = 100;

/**
 * Wraps the decoder of a partition to report each record whose key has other bytes than its serde writes, once. Such keys
 * have other hashes than equal ones elsewhere, and so other partitions. Checks the first 1,000 records and one of 100 later
 * ones; all from the first that differs on.
 */
export const reportsKeyBytes = (decode: Decode, key: AnySerde, differs: (received: Received) => void): Decode => {
  // A parked record may be decoded again.
  const reported = new WeakSet<Received>();
  let decoded = 0;
  let some = false;
  return (received, partitionTime) => {
    const record = decode(received, partitionTime);
    if (received.key === null || record.key === null) return record;
    if (decoded++ >= checkedFirst && !some && decoded % sampled !== 0) return record;
    const written = writtenBytes(key, record.key, received);
    if (written !== undefined && !equalBytes(written, received.key) && !reported.has(received)) {
      some = true;
      reported.add(received);
      differs(received);
    }
    return record;
  };
};

/** Returns the bytes that a serde writes for a key; undefined if it cannot be written, which fails the step that does. */
export const writtenBytes = ({ encode }: AnySerde, key: unknown, at: Coordinates): Bytes | undefined => {
  try {
    return checkedBytes(encode(key, at));
  } catch {
    // The step that writes the key meets the same error.
    return undefined;
  }
};

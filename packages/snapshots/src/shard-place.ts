import {
  type Bytes,
  bytesToId,
  positionKey,
  rangeOf,
  type StoredPosition,
  storePrefix,
  toUtf8,
} from '@kstreams/core/graph';

/** The digits of an offset in a key, so that keys are in the order of their positions. */
const digits = 16;

/** Replaces the id of a topic in the keys of shards without a changelog. */
export const ownedTopic = 'unlogged';

/** The places of a shard: a partition of a store, in the local store and in the bucket. */
export class ShardPlace {
  readonly store: string;
  readonly partition: number;
  /** The prefix of its rows in the local store. */
  readonly prefix: Bytes;
  /** The key of its position in the local store. */
  readonly positionKey: Bytes;
  /** The prefix of all its objects, also of other topics with the name of its changelog. */
  readonly folder: string;

  constructor(root: string, store: string, partition: number) {
    this.store = store;
    this.partition = partition;
    this.prefix = storePrefix(store, partition);
    this.positionKey = positionKey(store, partition);
    this.folder = `${root}${safe(store)}/${partition}/`;
  }

  /** The range of its rows in the local store. */
  get range(): readonly [from: Bytes, to: Bytes] {
    return rangeOf(this.prefix);
  }

  /** The key of its last commit and its owner, in the bucket, without a changelog. */
  get owner(): string {
    return `${this.folder}owner`;
  }

  /** The key of the tag of the last commit that the local store has, without a changelog. */
  get ownerKey(): Bytes {
    return toUtf8(`@owner/${this.store}/${this.partition}`);
  }

  /** The prefix of its segments without a changelog. */
  get ownedSegments(): string {
    return `${this.#ofTopic(ownedTopic)}segment/`;
  }

  /** Returns the prefix of the manifests of a topic. */
  manifests(topicId: string | undefined): string {
    return `${this.#ofTopic(topicId)}manifest/`;
  }

  manifest({ offset, topicId }: StoredPosition): string {
    return this.manifests(topicId) + padded(offset);
  }

  /** Returns a new key for a segment. */
  segment({ offset, topicId }: StoredPosition): string {
    return `${this.#ofTopic(topicId)}segment/${padded(offset)}-${crypto.randomUUID()}`;
  }

  #ofTopic(topicId = '-'): string {
    return `${this.folder}${safe(topicId)}/`;
  }
}

/** Returns the number at the end of the key of a manifest. */
export const offsetOf = (manifest: string): number => Number(manifest.slice(-digits));

const padded = (offset: number): string => String(offset).padStart(digits, '0');

/** Returns a name with the characters of keys only. */
const safe = (name: string): string =>
  name.replace(/[^\w.-]|^\.+$/g, (text) => [...text].map((one) => `=${one.charCodeAt(0).toString(16)}`).join(''));

/** The first byte of the keys of positions; no name of a store begins with it. */
const at = 0x40;
const slash = 0x2f;

/** True for the key of a position. */
export const isPositionKey = (key: Bytes): boolean => key[0] === at;

/** Returns the length of the prefix `<store>/<partition>/` of a key; 0 for a key without one. */
export const prefixLength = (key: Bytes): number => key.indexOf(slash, key.indexOf(slash) + 1) + 1;

/** Returns the id of a key without its first bytes. It costs half of a view and `bytesToId`. */
export const idAfter = (key: Bytes, from: number): string => latin1Slice.call(key, from, key.length);

/** The types of Node leave it out. */
const { latin1Slice } = Buffer.prototype as unknown as {
  readonly latin1Slice: (this: Bytes, start: number, end: number) => string;
};

const names = /^(?:@position\/)?([^/]+)\/(-?\d+)\/?$/;

/** Returns the store and the partition of the key of a position, or of the prefix of a row's key. */
export const namesOf = (id: string): { readonly store: string; readonly partition: number } | undefined => {
  const [, store, partition] = names.exec(id) ?? [];
  return store === undefined ? undefined : { store, partition: Number(partition) };
};

/** The part of a shard's rows in a range of keys. */
export type ShardPart = 'none' | 'whole' | { readonly from: string; readonly to: string };

/** Returns the part of a shard's rows in a range, as ids without its prefix; `whole` also for a range that leaves the shard. */
export const partIn = ({ range, prefix }: ShardPlace, from: Bytes, to: Bytes): ShardPart => {
  const [start, end] = [bytesToId(from), bytesToId(to)];
  const [first, last] = [bytesToId(range[0]), bytesToId(range[1])];
  if (end <= first || start >= last || start >= end) return 'none';
  if (start < first || !end.startsWith(first)) return 'whole';
  return { from: start.slice(prefix.length), to: end.slice(prefix.length) };
};

import type { Bytes } from '@kstreams/core/graph';

/** A subscription of a left row to a right row. */
export interface Subscription {
  /** The key of the left row, encoded. */
  readonly primary: Bytes;
  /** The hash of the left row, by which stale responses are dropped. */
  readonly hash: Bytes;
  /** The partition of the left row. */
  readonly partition: number;
}

/** A page behind the first one: its number, and a lower bound of its primary keys. */
export interface NextPage {
  readonly number: number;
  readonly from: Bytes;
}

/** Subscriptions of one foreign key, by the bytes of their primary keys. The first page lists the others. */
export interface SubscriptionPage {
  readonly subscriptions: readonly Subscription[];
  /** In ascending order of their lower bounds. */
  readonly others: readonly NextPage[];
}

/** Returns the length of an encoded page. */
export const pageSize = ({ subscriptions, others }: SubscriptionPage): number => {
  let length = 4;
  for (const { from } of others) length += 8 + from.length;
  for (const { primary, hash } of subscriptions) length += 12 + primary.length + hash.length;
  return length;
};

/**
 * Encodes a page: the number of other pages, and the number, length and lower bound of each; then the partition, the lengths
 * of primary key and hash, and both, of each subscription.
 */
export const encodePage = (page: SubscriptionPage): Bytes => {
  const { subscriptions, others } = page;
  const bytes = new Uint8Array(pageSize(page));
  const view = new DataView(bytes.buffer);
  let to = 4;
  const write = (numbers: readonly number[], parts: readonly Bytes[]): void => {
    for (const number of numbers) {
      view.setUint32(to, number);
      to += 4;
    }
    for (const part of parts) {
      bytes.set(part, to);
      to += part.length;
    }
  };
  view.setUint32(0, others.length);
  for (const { number, from } of others) write([number, from.length], [from]);
  for (const { partition, primary, hash } of subscriptions)
    write([partition, primary.length, hash.length], [primary, hash]);
  return bytes;
};

/** Decodes the bytes of {@link encodePage}. */
export const decodePage = (bytes: Bytes): SubscriptionPage => {
  const view = new DataView(bytes.buffer, bytes.byteOffset);
  let from = 4;
  const number = (): number => {
    from += 4;
    return view.getUint32(from - 4);
  };
  const part = (length: number): Bytes => {
    from += length;
    return bytes.subarray(from - length, from);
  };
  const others = Array.from({ length: view.getUint32(0) }, (): NextPage => {
    const [page, length] = [number(), number()];
    return { number: page, from: part(length) };
  });
  const subscriptions: Subscription[] = [];
  while (from < bytes.length) {
    const [partition, primary, hash] = [number(), number(), number()];
    subscriptions.push({ partition, primary: part(primary), hash: part(hash) });
  }
  return { subscriptions, others };
};

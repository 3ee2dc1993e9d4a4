import {
  type Bytes,
  compareBytes,
  concatBytes,
  type FlushRow,
  type Serde,
  type StoreAccess,
  type StoreRows,
  type StoreSpec,
} from '@kstreams/core/graph';
import { internalRows, keyTexts, Rows } from '@kstreams/core/state';
import { decodePage, encodePage, pageSize, type Subscription, type SubscriptionPage } from './subscription-page.js';

/**
 * The subscriptions to rows of a table, by foreign key, then by the bytes of their primary keys.
 *
 * The subscriptions of one foreign key are in pages of up to 64. A change rewrites one page only, and reading all pages is
 * a few point reads.
 */
export interface SubscriptionStore<K> {
  /** Adds a subscription, or replaces the one with the same primary key. */
  put(foreign: K, subscription: Subscription, timestamp: number): void;
  delete(foreign: K, primary: Bytes, timestamp: number): void;
  /** Returns the subscriptions of a foreign key. */
  of(foreign: K): Iterable<Subscription>;
}

/** Creates the spec of a store of subscriptions. */
export const subscriptions = <K>(
  name: string,
  options: { readonly key: Serde<K>; readonly named: boolean },
): StoreSpec<SubscriptionStore<K>> => ({
  name,
  changelog: { cleanup: 'compact' },
  key: options.key,
  value: pageSerde,
  kind: 'subscriptions',
  named: options.named,
  open: (access) => {
    const store = new SubscriptionPages(name, options.key, access);
    return { handle: store, rows: store };
  },
});

const pageSerde: Serde<SubscriptionPage> = { name: 'subscriptions', encode: encodePage, decode: decodePage };
const pageLength = 64;

interface PageKey<K> {
  readonly foreign: K;
  readonly number: number;
}

class SubscriptionPages<K> implements SubscriptionStore<K>, StoreRows {
  readonly #pages: Rows<PageKey<K>, SubscriptionPage>;
  readonly #observe: StoreAccess['observeRow'];

  constructor(store: string, key: Serde<K>, access: StoreAccess) {
    this.#observe = access.observeRow;
    const keyText = keyTexts(key, access.topic);
    this.#pages = new Rows<PageKey<K>, SubscriptionPage>(
      {
        store,
        id: ({ foreign, number }) => `${number} ${keyText(foreign)}`,
        encodeKey: ({ foreign, number }, at) => encodePageKey(key.encode(foreign, at), number),
        values: internalRows({ encode: encodePage, decode: decodePage, maxSize: pageSize }),
      },
      access,
    );
  }

  put(foreign: K, subscription: Subscription, timestamp: number): void {
    const first = this.#page(foreign, 0);
    const number = pageOf(first, subscription.primary);
    const page = number === 0 ? first : this.#page(foreign, number);
    const [index, known] = indexOf(page, subscription.primary);
    const subscriptions = page.subscriptions.toSpliced(index, known ? 1 : 0, subscription);
    this.#report(foreign, known ? page.subscriptions[index] : undefined, subscription);
    if (subscriptions.length <= pageLength) {
      this.#pages.put({ foreign, number }, { ...page, subscriptions }, timestamp);
      return;
    }
    const upper = subscriptions.splice(pageLength / 2);
    const added = { number: freeNumber(first), from: (upper[0] as Subscription).primary };
    const others = [...first.others, added].sort((a, b) => compareBytes(a.from, b.from));
    this.#pages.put({ foreign, number: added.number }, { subscriptions: upper, others: [] }, timestamp);
    if (number !== 0) this.#pages.put({ foreign, number }, { subscriptions, others: [] }, timestamp);
    this.#pages.put(
      { foreign, number: 0 },
      { subscriptions: number === 0 ? subscriptions : first.subscriptions, others },
      timestamp,
    );
  }

  delete(foreign: K, primary: Bytes, timestamp: number): void {
    const first = this.#page(foreign, 0);
    const number = pageOf(first, primary);
    const page = number === 0 ? first : this.#page(foreign, number);
    const [index, known] = indexOf(page, primary);
    if (!known) return;
    this.#report(foreign, page.subscriptions[index], undefined);
    const subscriptions = page.subscriptions.toSpliced(index, 1);
    const isEmpty = subscriptions.length === 0 && page.others.length === 0;
    this.#pages.put({ foreign, number }, isEmpty ? undefined : { ...page, subscriptions }, timestamp);
    if (!isEmpty || number === 0) return;
    const others = first.others.filter((one) => one.number !== number);
    const nothing = others.length === 0 && first.subscriptions.length === 0;
    this.#pages.put({ foreign, number: 0 }, nothing ? undefined : { ...first, others }, timestamp);
  }

  *of(foreign: K): Generator<Subscription, void, undefined> {
    const first = this.#page(foreign, 0);
    yield* first.subscriptions;
    for (const { number } of first.others) yield* this.#page(foreign, number).subscriptions;
  }

  get changed(): number {
    return this.#pages.changed;
  }

  flush(write: FlushRow): void {
    this.#pages.flush(write);
  }

  markCommitted(): void {
    this.#pages.markCommitted();
  }

  #report(foreign: K, before: Subscription | undefined, after: Subscription | undefined): void {
    const primary = (after ?? before)?.primary;
    this.#observe?.({ how: 'write', key: { foreign, primary }, before, after });
  }

  #page(foreign: K, number: number): SubscriptionPage {
    return this.#pages.get({ foreign, number })?.value ?? noPage;
  }
}

const noPage: SubscriptionPage = { subscriptions: [], others: [] };

/** Returns the number of the page of a primary key. */
const pageOf = ({ others }: SubscriptionPage, primary: Bytes): number =>
  others.findLast(({ from }) => compareBytes(from, primary) <= 0)?.number ?? 0;

/** Returns the index of a primary key in a page, or the index to insert it at. */
const indexOf = ({ subscriptions }: SubscriptionPage, primary: Bytes): readonly [index: number, known: boolean] => {
  let [low, high] = [0, subscriptions.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    const order = compareBytes((subscriptions[middle] as Subscription).primary, primary);
    if (order === 0) return [middle, true];
    if (order < 0) low = middle + 1;
    else high = middle;
  }
  return [low, false];
};

const freeNumber = ({ others }: SubscriptionPage): number =>
  others.reduce((largest, { number }) => Math.max(largest, number), 0) + 1;

/** Returns the key of a page: the length of the foreign key, the foreign key and the number, so that keys are unique. */
const encodePageKey = (foreign: Bytes, number: number): Bytes => {
  const [length, page] = [new Uint8Array(4), new Uint8Array(4)];
  new DataView(length.buffer).setUint32(0, foreign.length);
  new DataView(page.buffer).setUint32(0, number);
  return concatBytes(length, foreign, page);
};

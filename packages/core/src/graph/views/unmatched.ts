import { type Bytes, compareBytes, concatBytes } from '../bytes.js';
import { encodeTimestamp, readTimestamp, timestampLength } from '../ordered.js';
import type { Coordinates, Serde } from '../serde.js';
import type { FlushRow, Store, StoreAccess, StoreSpec } from '../store.js';
import { keyIds, Rows } from './rows.js';

/** A side of a join; the byte by which sides are told apart, and swept in this order. */
export type Side = 'left' | 'right';

/** The records of one key, side and instant that have met nobody yet. */
export interface Unmatched<K, A, B> {
  readonly timestamp: number;
  readonly side: Side;
  readonly key: K;
  readonly values: readonly (A | B)[];
}

/** Records of a left or outer join that may yet have to be emitted alone, in the order of time. */
export interface UnmatchedStore<K, A, B> extends Store {
  add(timestamp: number, side: Side, key: K, value: A | B): void;
  /** Forgets the records of a key, side and instant: they met, or were emitted. */
  remove(timestamp: number, side: Side, key: K): void;
  /** All of them: by timestamp, then right before left, then by the key's bytes. */
  inOrder(): readonly Unmatched<K, A, B>[];
}

/** How the store is made. */
export interface UnmatchedOptions<K, A, B> {
  readonly key: Serde<K>;
  readonly left: Serde<A>;
  readonly right: Serde<B>;
  readonly named: boolean;
}

/** A store of unmatched records; bounded by the windows that are open. */
export const unmatched = <K, A, B>(
  name: string,
  options: UnmatchedOptions<K, A, B>,
): StoreSpec<UnmatchedStore<K, A, B>> => ({
  name,
  changelog: { cleanup: 'compact' },
  key: options.key,
  value: options.left,
  shape: 'buffer',
  named: options.named,
  open: (access) => new UnmatchedRows(name, options, access),
});

const sideByte = { right: 0, left: 1 } as const;

class UnmatchedRows<K, A, B> implements UnmatchedStore<K, A, B> {
  readonly #rows: Rows<Unmatched<K, A, B>, Unmatched<K, A, B>>;
  readonly #options: UnmatchedOptions<K, A, B>;
  readonly #access: StoreAccess;
  readonly #at: Coordinates;
  /** The entries by their encoded keys, in order. */
  readonly #index: { readonly bytes: Bytes; entry: Unmatched<K, A, B> }[] = [];

  constructor(store: string, options: UnmatchedOptions<K, A, B>, access: StoreAccess) {
    const keyId = keyIds(options.key);
    this.#options = options;
    this.#access = access;
    this.#at = { topic: access.topic, headers: [] };
    this.#rows = new Rows(
      {
        store,
        id: (entry) => `${entry.timestamp} ${entry.side} ${typeof entry.key} ${keyId(entry.key)}`,
        encodeKey: (entry) => this.#keyOf(entry),
        encode: ({ side, values }, at) => encodeValues(values, this.#serdeOf(side), at),
        decode: (): Unmatched<K, A, B> => {
          throw new TypeError('unmatched records are read all at once');
        },
        immutable: true,
      },
      access,
    );
  }

  add(timestamp: number, side: Side, key: K, value: A | B): void {
    const found = this.#find({ timestamp, side, key, values: [] });
    const before = found.entry;
    this.#set(found.at, found.bytes, { timestamp, side, key, values: [...(before?.values ?? []), value] });
  }

  remove(timestamp: number, side: Side, key: K): void {
    const { at, bytes, entry } = this.#find({ timestamp, side, key, values: [] });
    if (entry !== undefined) this.#set(at, bytes, { ...entry, values: [] });
  }

  inOrder(): readonly Unmatched<K, A, B>[] {
    return this.#index.map(({ entry }) => entry);
  }

  flush(write: FlushRow): void {
    this.#rows.flush(write);
  }

  settled(): void {
    this.#rows.settled();
  }

  async load(rows: AsyncIterable<readonly [key: Bytes, row: Bytes]>): Promise<void> {
    for await (const [bytes, row] of rows) {
      const side: Side = bytes[timestampLength] === sideByte.right ? 'right' : 'left';
      const key = this.#options.key.decode(bytes.subarray(timestampLength + 1), this.#at);
      const values = decodeValues(row.subarray(timestampLength), this.#serdeOf(side), this.#at);
      this.#index.push({ bytes, entry: { timestamp: readTimestamp(bytes), side, key, values } });
    }
  }

  /** Puts an entry in, or takes it out when it has no values left. */
  #set(at: number, bytes: Bytes, entry: Unmatched<K, A, B>): void {
    const { undo } = this.#access.journal;
    if (undo !== undefined) {
      const before = this.#index.slice();
      undo(() => this.#index.splice(0, this.#index.length, ...before));
    }
    const there = this.#index[at];
    const replaced = there !== undefined && compareBytes(there.bytes, bytes) === 0 ? 1 : 0;
    const gone = entry.values.length === 0;
    this.#index.splice(at, replaced, ...(gone ? [] : [{ bytes, entry }]));
    this.#rows.put(entry, gone ? undefined : entry, entry.timestamp);
  }

  #find(entry: Unmatched<K, A, B>): { at: number; bytes: Bytes; entry: Unmatched<K, A, B> | undefined } {
    const bytes = this.#keyOf(entry);
    let low = 0;
    let high = this.#index.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (compareBytes((this.#index[middle] as { bytes: Bytes }).bytes, bytes) < 0) low = middle + 1;
      else high = middle;
    }
    const there = this.#index[low];
    return {
      at: low,
      bytes,
      entry: there !== undefined && compareBytes(there.bytes, bytes) === 0 ? there.entry : undefined,
    };
  }

  #serdeOf(side: Side): Serde<A | B> {
    return (side === 'left' ? this.#options.left : this.#options.right) as Serde<A | B>;
  }

  #keyOf({ timestamp, side, key }: Unmatched<K, A, B>): Bytes {
    return concatBytes(
      encodeTimestamp(timestamp),
      Uint8Array.of(sideByte[side]),
      this.#options.key.encode(key, this.#at),
    );
  }
}

const encodeValues = <T>(values: readonly T[], serde: Serde<T>, at: Coordinates): Bytes =>
  concatBytes(
    ...values.flatMap((value) => {
      const bytes = serde.encode(value, at);
      const length = new Uint8Array(4);
      new DataView(length.buffer).setUint32(0, bytes.length);
      return [length, bytes];
    }),
  );

const decodeValues = <T>(bytes: Bytes, serde: Serde<T>, at: Coordinates): T[] => {
  const values: T[] = [];
  const view = new DataView(bytes.buffer, bytes.byteOffset);
  for (let from = 0; from < bytes.length; ) {
    const end = from + 4 + view.getUint32(from);
    values.push(serde.decode(bytes.subarray(from + 4, end), at));
    from = end;
  }
  return values;
};

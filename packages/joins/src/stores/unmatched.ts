import {
  type Bytes,
  bytesToId,
  type Coordinates,
  type FlushRow,
  readTimestamp,
  retryPending,
  rowValue,
  type Serde,
  type StoreAccess,
  type StoreRows,
  type StoreSpec,
  timestampLength,
  writeTimestamp,
} from '@kstreams/core/graph';
import {
  decodeList,
  decodeNumbers,
  encodeList,
  encodeNumbers,
  InMemoryRows,
  keptKeys,
  OrderedMap,
  SingleRow,
  type StoredRow,
  type StoredRows,
  storedRows,
} from '@kstreams/core/state';

/** A side of a join. */
export type Side = 'left' | 'right';

/** The unmatched records of one key, side and timestamp. */
export interface Unmatched<K, A, B> {
  readonly timestamp: number;
  readonly side: Side;
  readonly key: K;
  readonly values: readonly (A | B)[];
}

/** The clocks of a left or outer join. They are a row of the store, so they survive a restart. */
export interface UnmatchedClocks {
  /** The largest timestamp of both sides; -1 before the first record. */
  readonly observed: number;
  /** A lower bound of the timestamps of unmatched records, which saves needless passes over them. */
  readonly oldest: number;
  /** The time up to which the join closed without a record; -Infinity before that. */
  readonly closed: number;
}

/** Unmatched records of a left or outer join, in the order of time. They may still be emitted alone. */
export interface UnmatchedStore<K, A, B> {
  add(timestamp: number, side: Side, key: K, value: A | B): void;
  /** Removes the records of a key, side and timestamp, once they matched or were emitted. */
  remove(timestamp: number, side: Side, key: K): void;
  /** Iterates by timestamp, then right before left, then by key bytes. Entries already returned may be removed meanwhile. */
  inOrder(): Iterable<Unmatched<K, A, B>>;
  /** Returns the earliest timestamp of a side; `Infinity` without records. */
  earliest(side: Side): number;
  /** The join's clocks. */
  readonly clocks: UnmatchedClocks;
  /** Sets some of the clocks. */
  setClocks(clocks: Partial<UnmatchedClocks>): void;
}

/** The options of a store of unmatched records. */
export interface UnmatchedOptions<K, A, B> {
  readonly key: Serde<K>;
  readonly left: Serde<A>;
  readonly right: Serde<B>;
  readonly named: boolean;
}

/** Creates the spec of a store of unmatched records. All of them are in memory: those of the open windows. */
export const unmatched = <K, A, B>(
  name: string,
  options: UnmatchedOptions<K, A, B>,
): StoreSpec<UnmatchedStore<K, A, B>> => ({
  name,
  changelog: { cleanup: 'compact' },
  key: options.key,
  value: options.left,
  kind: 'unmatched',
  named: options.named,
  open: (access) => {
    const store = new UnmatchedRows(name, options, access);
    return { handle: store, rows: store };
  },
});

const sideByte = { right: 0, left: 1 } as const;
/** The first byte of the keys of rows; it sorts after that of the row of clocks. */
const rowTag = 1;
const clocksKey = Uint8Array.of(0);
const headLength = 1 + timestampLength + 1;

/** Unmatched records that are decoded when they are read. */
class Entry<K, A, B> implements Unmatched<K, A, B> {
  readonly timestamp: number;
  readonly side: Side;
  readonly key: K;
  readonly rows: readonly StoredRow<A | B>[];
  readonly #format: StoredRows<A | B>;

  constructor(
    { timestamp, side, key }: Pick<Unmatched<K, A, B>, 'timestamp' | 'side' | 'key'>,
    rows: readonly StoredRow<A | B>[],
    format: StoredRows<A | B>,
  ) {
    this.timestamp = timestamp;
    this.side = side;
    this.key = key;
    this.rows = rows;
    this.#format = format;
  }

  get values(): readonly (A | B)[] {
    return this.rows.map((row) => this.#format.read(row).value);
  }

  get maxSize(): number {
    let size = 0;
    for (const row of this.rows) size += 4 + this.#format.maxSize(row);
    return size;
  }

  encode(): Bytes {
    return encodeList(this.rows.map((row) => this.#format.encode(row)));
  }
}

class UnmatchedRows<K, A, B> implements UnmatchedStore<K, A, B>, StoreRows {
  readonly #options: UnmatchedOptions<K, A, B>;
  readonly #access: StoreAccess;
  readonly #at: Coordinates;
  readonly #clocks: SingleRow<UnmatchedClocks>;
  readonly #formats: Readonly<Record<Side, StoredRows<A | B>>>;
  readonly #keptKey: (key: K) => K;
  readonly #entries = new OrderedMap<Entry<K, A, B>>();
  readonly #rows: InMemoryRows<Entry<K, A, B>>;
  /** The earliest timestamp of each side, where it is known. */
  #earliest: Partial<Record<Side, number>> = {};

  constructor(store: string, options: UnmatchedOptions<K, A, B>, access: StoreAccess) {
    this.#options = options;
    this.#formats = {
      left: storedRows(store, options.left, access) as StoredRows<A | B>,
      right: storedRows(store, options.right, access) as StoredRows<A | B>,
    };
    this.#keptKey = keptKeys(options.key, access.topic);
    this.#access = access;
    this.#at = { topic: access.topic, headers: [] };
    this.#clocks = clocksRow(access);
    this.#rows = new InMemoryRows(
      {
        store,
        entries: this.#entries,
        encode: (entry) => entry.encode(),
        maxSize: (entry) => entry.maxSize,
        timestamp: (key) => readTimestamp(key, 1),
      },
      access,
    );
  }

  get clocks(): UnmatchedClocks {
    return this.#clocks.get();
  }

  setClocks(changed: Partial<UnmatchedClocks>): void {
    const { clocks } = this;
    const { closed, observed, oldest } = { ...clocks, ...changed };
    if (observed !== clocks.observed || oldest !== clocks.oldest || closed !== clocks.closed)
      this.#clocks.set({ observed, oldest, closed });
  }

  earliest(side: Side): number {
    const known = this.#earliest[side];
    if (known !== undefined) return known;
    let earliest = Number.POSITIVE_INFINITY;
    for (const entry of this.inOrder()) {
      if (entry.side !== side) continue;
      earliest = entry.timestamp;
      break;
    }
    this.#earliest[side] = earliest;
    return earliest;
  }

  add(timestamp: number, side: Side, key: K, value: A | B): void {
    const id = this.#idOf(timestamp, side, key);
    const before = this.#entries.get(id);
    const row = this.#formats[side].store(value, timestamp);
    const place = before ?? { timestamp, side, key: this.#keptKey(key) };
    this.#change(id, before, new Entry<K, A, B>(place, [...(before?.rows ?? []), row], this.#formats[side]));
  }

  remove(timestamp: number, side: Side, key: K): void {
    if (this.#entries.size === 0) return;
    const id = this.#idOf(timestamp, side, key);
    const before = this.#entries.get(id);
    if (before !== undefined) this.#change(id, before, undefined);
  }

  *inOrder(): Generator<Unmatched<K, A, B>, void, undefined> {
    for (const [, entry] of this.#entries.walk()) yield entry;
  }

  get changed(): number {
    return this.#rows.changedCount;
  }

  flush(write: FlushRow): void {
    this.#rows.flush(write);
    this.#clocks.flush(write);
  }

  markCommitted(): void {}

  async load(rows: AsyncIterable<readonly [key: Bytes, row: Bytes]>): Promise<void> {
    for await (const [bytes, row] of rows) {
      if (bytes[0] !== rowTag) continue;
      const side: Side = bytes[headLength - 1] === sideByte.right ? 'right' : 'left';
      const timestamp = readTimestamp(bytes, 1);
      const format = this.#formats[side];
      const entry = await retryPending(() => {
        const key = this.#options.key.decode(bytes.subarray(headLength), this.#at);
        const rows = decodeList(rowValue(row)).map((value) => format.load(value, timestamp));
        return new Entry<K, A, B>({ timestamp, side, key }, rows, format);
      });
      this.#rows.load(bytes, entry);
    }
  }

  #change(id: string, before: Entry<K, A, B> | undefined, after: Entry<K, A, B> | undefined): void {
    const { observeRow } = this.#access;
    observeRow?.({ how: 'write', key: (after ?? before)?.key, before: before?.values, after: after?.values });
    this.#forgetEarliest((after ?? before) as Entry<K, A, B>);
    this.#rows.put(id, before, after);
  }

  /** Forgets the earliest timestamp of a side with a change at or before it, now and when the change is undone. */
  #forgetEarliest({ side, timestamp }: Entry<K, A, B>): void {
    const known = this.#earliest[side];
    if (known !== undefined && timestamp > known) return;
    delete this.#earliest[side];
    this.#access.journal.undo?.(() => delete this.#earliest[side]);
  }

  #idOf(timestamp: number, side: Side, key: K): string {
    const encoded = this.#options.key.encode(key, this.#at);
    const bytes = new Uint8Array(headLength + encoded.length);
    bytes[0] = rowTag;
    writeTimestamp(bytes, 1, timestamp);
    bytes[headLength - 1] = sideByte[side];
    bytes.set(encoded, headLength);
    return bytesToId(bytes);
  }
}

/** Opens the row of clocks of a store of unmatched records. */
const clocksRow = (access: StoreAccess): SingleRow<UnmatchedClocks> =>
  new SingleRow(
    {
      key: clocksKey,
      initial: { observed: -1, oldest: Number.POSITIVE_INFINITY, closed: Number.NEGATIVE_INFINITY },
      encode: ({ closed, observed, oldest }) => encodeNumbers([observed, oldest, closed]),
      decode: (bytes) => {
        const [observed, oldest, closed] = decodeNumbers(bytes) as [number, number, number];
        return { observed, oldest, closed };
      },
      timestamp: ({ observed }) => Math.max(0, observed),
    },
    access,
  );

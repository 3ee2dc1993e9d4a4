import { type Bytes, bytesToId } from '../graph/bytes.js';
import { retryPending } from '../graph/pending.js';
import { rowValue } from '../graph/row-bytes.js';
import type { Coordinates, Serde } from '../graph/serde.js';
import type { FlushRow, StoreAccess, StoreRows, StoreSpec } from '../graph/store.js';
import { encodeTimestamp, readTimestamp, timestampLength, writeTimestamp } from '../graph/timestamp-bytes.js';
import { InMemoryRows } from './in-memory-rows.js';
import { keptKeys } from './key-ids.js';
import { OrderedMap } from './ordered-map.js';
import { SingleRow } from './single-row.js';
import { type StoredRow, type StoredRows, storedRows } from './stored-rows.js';

/** A buffered value. `size` is in bytes; 0 unless `measured`. */
export interface BufferEntry<K, V> {
  readonly time: number;
  readonly key: K;
  readonly value: V;
  readonly size: number;
}

/**
 * A buffer ordered by time, then by the key's bytes, then by arrival. All entries are in memory, since all of them will be
 * forwarded.
 */
export interface TimeBuffer<K, V> {
  /** The number of entries. */
  readonly count: number;
  /** The bytes of all keys and values; 0 unless `measured`. */
  readonly bytes: number;
  /** The largest timestamp observed; -1 before the first. */
  readonly observed: number;
  /** Advances the buffer's stream time and returns it. */
  observe(timestamp: number): number;
  /** Returns the entry of a key; only with unique keys. */
  get(key: K): BufferEntry<K, V> | undefined;
  /** Adds an entry. With unique keys, an existing entry gets the value and keeps its time. */
  put(time: number, key: K, value: V): void;
  /** Returns the first entry, or `undefined`. */
  first(): BufferEntry<K, V> | undefined;
  /** Removes the first entry. */
  removeFirst(): void;
}

/** Options of a buffer. */
export interface TimeBufferOptions<K, V> {
  readonly key: Serde<K>;
  readonly value: Serde<V>;
  /** `'unique'` for at most one entry per key. */
  readonly keys: 'unique' | 'repeated';
  /** True to count bytes, for which each value is encoded when it is put; false by default. */
  readonly measured?: boolean;
  readonly named: boolean;
}

/** Creates the spec of a buffer in the order of time. */
export const timeBuffer = <K, V>(name: string, options: TimeBufferOptions<K, V>): StoreSpec<TimeBuffer<K, V>> => ({
  name,
  changelog: { cleanup: 'compact' },
  key: options.key,
  value: options.value,
  kind: 'time-buffer',
  named: options.named,
  open: (access) => {
    const buffer = new TimeBufferRows(name, options, access);
    return { handle: buffer, rows: buffer };
  },
});

const rowTag = 1;
const clockKey = Uint8Array.of(0);
const headLength = 1 + timestampLength;

/** An entry that decodes its value when it is read. */
class StoredEntry<K, V> implements BufferEntry<K, V> {
  readonly time: number;
  readonly key: K;
  readonly row: StoredRow<V>;
  readonly size: number;
  readonly #values: StoredRows<V>;

  constructor(time: number, key: K, row: StoredRow<V>, size: number, values: StoredRows<V>) {
    this.time = time;
    this.key = key;
    this.row = row;
    this.size = size;
    this.#values = values;
  }

  get value(): V {
    return this.#values.read(this.row).value;
  }
}

class TimeBufferRows<K, V> implements TimeBuffer<K, V>, StoreRows {
  readonly #options: TimeBufferOptions<K, V>;
  readonly #at: Coordinates;
  readonly #observe: StoreAccess['observeRow'];
  readonly #clock: SingleRow<number>;
  readonly #values: StoredRows<V>;
  readonly #keptKey: (key: K) => K;
  readonly #entries = new OrderedMap<StoredEntry<K, V>>();
  readonly #rows: InMemoryRows<StoredEntry<K, V>>;
  /** The ids of entries by the bytes of their keys; only with unique keys. */
  readonly #ids = new Map<string, string>();
  #size = 0;
  /** The number of entries so far; only with repeated keys. */
  #arrivals = 0;

  constructor(store: string, options: TimeBufferOptions<K, V>, access: StoreAccess) {
    this.#options = options;
    this.#observe = access.observeRow;
    this.#values = storedRows(store, options.value, access);
    this.#keptKey = keptKeys(options.key, access.topic);
    this.#at = { topic: access.topic, headers: [] };
    this.#clock = clockRow(access);
    this.#rows = new InMemoryRows(
      {
        store,
        entries: this.#entries,
        encode: ({ row }) => this.#values.encode(row),
        maxSize: ({ row }) => this.#values.maxSize(row),
        timestamp: (key) => Math.max(0, readTimestamp(key, 1)),
        onChange: (id, before, after) => this.#moved(id, before, after),
      },
      access,
    );
  }

  get count(): number {
    return this.#entries.size;
  }

  get bytes(): number {
    return this.#size;
  }

  get observed(): number {
    return this.#clock.get();
  }

  observe(timestamp: number): number {
    const observed = this.#clock.get();
    if (timestamp <= observed) return observed;
    this.#clock.set(timestamp);
    return timestamp;
  }

  get(key: K): BufferEntry<K, V> | undefined {
    const id = this.#ids.get(bytesToId(this.#encodeKey(key)));
    return id === undefined ? undefined : this.#entries.get(id);
  }

  put(time: number, key: K, value: V): void {
    const bytes = this.#encodeKey(key);
    const row = this.#values.store(value, time);
    const size = this.#options.measured === true ? bytes.length + this.#values.encode(row).length : 0;
    const id = this.#idFor(time, bytes);
    const before = this.#entries.get(id);
    const kept = before?.key ?? this.#keptKey(key);
    this.#change(id, before, new StoredEntry(before?.time ?? time, kept, row, size, this.#values));
  }

  first(): BufferEntry<K, V> | undefined {
    return this.#firstEntry()?.[1];
  }

  removeFirst(): void {
    const first = this.#firstEntry();
    if (first !== undefined) this.#change(first[0], first[1], undefined);
  }

  get changed(): number {
    return this.#rows.changedCount;
  }

  flush(write: FlushRow): void {
    this.#rows.flush(write);
    this.#clock.flush(write);
  }

  markCommitted(): void {}

  async load(rows: AsyncIterable<readonly [key: Bytes, row: Bytes]>): Promise<void> {
    for await (const [bytes, row] of rows) {
      if (bytes[0] !== rowTag) continue;
      const end = this.#options.keys === 'repeated' ? bytes.length - 4 : bytes.length;
      const key = bytes.subarray(headLength, end);
      if (end < bytes.length) this.#arrivals = Math.max(this.#arrivals, numberOf(bytes) + 1);
      const value = rowValue(row);
      const size = this.#options.measured === true ? key.length + value.length : 0;
      const time = readTimestamp(bytes, 1);
      const entry = await retryPending(() => {
        const row = this.#values.load(value, time);
        return new StoredEntry(time, this.#options.key.decode(key, this.#at), row, size, this.#values);
      });
      this.#rows.load(bytes, entry);
    }
  }

  #change(id: string, before: StoredEntry<K, V> | undefined, after: StoredEntry<K, V> | undefined): void {
    if (this.#observe !== undefined) {
      const { key, time } = (after ?? before) as StoredEntry<K, V>;
      const shown = this.#options.keys === 'repeated' ? { key, time } : key;
      this.#observe({ how: 'write', key: shown, before: before?.value, after: after?.value });
    }
    this.#rows.put(id, before, after);
  }

  #firstEntry(): readonly [string, StoredEntry<K, V>] | undefined {
    const { value } = this.#entries.walk().next();
    return value as readonly [string, StoredEntry<K, V>] | undefined;
  }

  #moved(id: string, before: StoredEntry<K, V> | undefined, after: StoredEntry<K, V> | undefined): void {
    this.#size += (after?.size ?? 0) - (before?.size ?? 0);
    if (this.#options.keys === 'repeated') return;
    const key = id.slice(headLength);
    if (after === undefined) this.#ids.delete(key);
    else this.#ids.set(key, id);
  }

  #encodeKey(key: K): Bytes {
    return this.#options.key.encode(key, this.#at);
  }

  /** Returns the id of the existing entry with unique keys, otherwise an id after all entries of that time and key. */
  #idFor(time: number, key: Bytes): string {
    if (this.#options.keys === 'unique') return this.#ids.get(bytesToId(key)) ?? idOf(time, key, undefined);
    return idOf(time, key, this.#arrivals++);
  }
}

const idOf = (time: number, key: Bytes, number: number | undefined): string => {
  const bytes = new Uint8Array(headLength + key.length + (number === undefined ? 0 : 4));
  bytes[0] = rowTag;
  writeTimestamp(bytes, 1, time);
  bytes.set(key, headLength);
  if (number !== undefined) new DataView(bytes.buffer).setUint32(headLength + key.length, number);
  return bytesToId(bytes);
};

const numberOf = (id: Bytes): number => new DataView(id.buffer, id.byteOffset).getUint32(id.length - 4);

const clockRow = (access: StoreAccess): SingleRow<number> =>
  new SingleRow<number>(
    {
      key: clockKey,
      initial: -1,
      encode: encodeTimestamp,
      decode: readTimestamp,
      timestamp: (observed) => Math.max(0, observed),
    },
    access,
  );

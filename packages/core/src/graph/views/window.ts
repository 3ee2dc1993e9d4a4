import { type Bytes, compareBytes, concatBytes } from '../bytes.js';
import { encodeTimestamp, readTimestamp, timestampLength, writeTimestamp } from '../ordered.js';
import type { Coordinates, Serde } from '../serde.js';
import type { FlushRow, Row, Store, StoreAccess, StoreSpec } from '../store.js';
import { keyIds, Rows } from './rows.js';

/** A key in a window: from `start` to before `end`, in ms. */
export interface WindowKey<K> {
  readonly key: K;
  readonly start: number;
  readonly end: number;
}

/** The clocks of a windowed operator, kept as a row of its store, so that a restart goes on with them. */
export interface WindowClocks {
  /** The largest timestamp seen. */
  readonly observed: number;
  /** Up to which end windows have been emitted as closed. */
  readonly closed: number;
  /** The latest start of a window, behind which windows leave the store. */
  readonly newest: number;
}

/** A store of one value per key and window. */
export interface WindowStore<K, V> extends Store {
  get(key: K, start: number, end: number): Row<V> | undefined;
  /** As `get`, with a value of one's own. */
  fresh(key: K, start: number, end: number): Row<V> | undefined;
  /** Sets the value of a window; undefined deletes it. */
  put(key: K, start: number, end: number, value: V | undefined, timestamp: number): void;
  readonly clocks: WindowClocks;
  /** Moves the operator's clocks on. */
  tick(clocks: { readonly observed: number; readonly closed: number }): void;
  /** The rows of windows with `end <= upTo` that were not asked for before, by start, then by the key's bytes. */
  closing(upTo: number): readonly (readonly [WindowKey<K>, Row<V>])[];
  /** For readers from outside: see {@link Rows.unsettled}. */
  unsettled(): Iterable<readonly [key: Bytes, row: Row<V> | undefined]>;
  decode(row: Bytes): Row<V>;
}

/** How a window store is made. */
export interface WindowStoreOptions<K, V> {
  readonly key: Serde<K>;
  readonly value: Serde<V>;
  /** How long after the newest timestamp a window is kept from its start, in ms. */
  readonly retention: number;
  /** Whether open windows are kept in memory by time, so that they can be closed in order. */
  readonly closes: boolean;
  readonly named: boolean;
}

const beginning: WindowClocks = {
  observed: -1,
  closed: Number.NEGATIVE_INFINITY,
  newest: Number.NEGATIVE_INFINITY,
};
const dayLength = 86_400_000;
/** Rows begin with this byte and a window, the clocks' row with another. */
const windowTag = Uint8Array.of(1);
const clocksKey = Uint8Array.of(0);

/** The bytes of a windowed row's key: tag, start, end, key. Rows are thus in the order of time. */
const rowKey = (start: number, end: number, key: Bytes): Bytes => {
  const bytes = new Uint8Array(1 + 2 * timestampLength + key.length);
  bytes[0] = 1;
  writeTimestamp(bytes, 1, start);
  writeTimestamp(bytes, 1 + timestampLength, end);
  bytes.set(key, 1 + 2 * timestampLength);
  return bytes;
};

/** A window store; its changelog keeps rows a day longer than the store does, as in Kafka Streams. */
export const windowStore = <K, V>(name: string, options: WindowStoreOptions<K, V>): StoreSpec<WindowStore<K, V>> => ({
  name,
  changelog: { cleanup: 'compact,delete', retention: options.retention + dayLength },
  key: options.key,
  value: options.value,
  shape: 'window',
  named: options.named,
  open: (access) => new WindowRows(name, options, access),
});

class WindowRows<K, V> implements WindowStore<K, V> {
  readonly #rows: Rows<WindowKey<K>, V>;
  readonly #access: StoreAccess;
  readonly #options: WindowStoreOptions<K, V>;
  readonly #at: Coordinates;
  /** Open windows by their start; only where they are closed in order. */
  readonly #open = new Map<number, Map<unknown, WindowKey<K>>>();
  readonly #keyId: (key: unknown) => unknown;
  #clocks: WindowClocks;
  #clocksDirty = false;
  #cleared = Number.NEGATIVE_INFINITY;

  constructor(store: string, options: WindowStoreOptions<K, V>, access: StoreAccess) {
    const { key, value } = options;
    this.#keyId = keyIds(key);
    this.#at = { topic: access.topic, headers: [] };
    this.#access = access;
    this.#options = options;
    this.#rows = new Rows(
      {
        store,
        id: (window) => `${window.start} ${window.end} ${typeof window.key} ${this.#keyId(window.key)}`,
        encodeKey: (window, at) => rowKey(window.start, window.end, key.encode(window.key, at)),
        encode: value.encode,
        decode: value.decode,
        immutable: value.immutable === true,
      },
      access,
    );
    const clocks = access.get(clocksKey);
    this.#clocks = clocks === undefined ? beginning : decodeClocks(clocks.subarray(8));
  }

  get clocks(): WindowClocks {
    return this.#clocks;
  }

  get(key: K, start: number, end: number): Row<V> | undefined {
    return this.#expired(start) ? undefined : this.#rows.get({ key, start, end });
  }

  fresh(key: K, start: number, end: number): Row<V> | undefined {
    return this.#expired(start) ? undefined : this.#rows.fresh({ key, start, end });
  }

  put(key: K, start: number, end: number, value: V | undefined, timestamp: number): void {
    if (start > this.#clocks.newest) this.#move({ ...this.#clocks, newest: start });
    if (this.#expired(start)) return;
    const window = { key, start, end };
    this.#rows.put(window, value, timestamp);
    if (this.#options.closes) this.#index(window);
  }

  tick({ observed, closed }: { readonly observed: number; readonly closed: number }): void {
    const { newest } = this.#clocks;
    if (observed !== this.#clocks.observed || closed !== this.#clocks.closed) this.#move({ observed, closed, newest });
  }

  #move(clocks: WindowClocks): void {
    const before = this.#clocks;
    this.#access.journal.undo?.(() => {
      this.#clocks = before;
    });
    this.#clocks = clocks;
    this.#clocksDirty = true;
  }

  closing(upTo: number): readonly (readonly [WindowKey<K>, Row<V>])[] {
    const closed: WindowKey<K>[] = [];
    const starts = [...this.#open.keys()].sort((a, b) => a - b);
    for (const start of starts) {
      const windows = this.#open.get(start) as Map<unknown, WindowKey<K>>;
      const ended = [...windows].filter(([, { end }]) => end <= upTo);
      for (const [id] of ended) windows.delete(id);
      if (windows.size === 0) this.#open.delete(start);
      closed.push(...this.#inKeyOrder(ended.map(([, window]) => window)));
    }
    this.#access.journal.undo?.(() => {
      for (const window of closed) this.#index(window);
    });
    return closed.flatMap((window) => {
      const row = this.get(window.key, window.start, window.end);
      return row === undefined ? [] : [[window, row] as const];
    });
  }

  flush(write: FlushRow): void {
    this.#rows.flush(write);
    if (this.#clocksDirty) write(clocksKey, encodeClocks(this.#clocks), Math.max(0, this.#clocks.observed));
    this.#clocksDirty = false;
  }

  settled(): void {
    this.#rows.settled();
  }

  expired(): readonly (readonly [from: Bytes, to: Bytes])[] {
    const before = this.#clocks.newest - this.#options.retention;
    if (!(before > this.#cleared)) return [];
    this.#cleared = before;
    return [[windowTag, concatBytes(windowTag, encodeTimestamp(before))]];
  }

  async load(rows: AsyncIterable<readonly [key: Bytes, row: Bytes]>): Promise<void> {
    if (!this.#options.closes) return;
    for await (const [bytes] of rows) {
      if (bytes[0] !== windowTag[0]) continue;
      const [start, end] = [readTimestamp(bytes, 1), readTimestamp(bytes, 1 + timestampLength)];
      if (end <= this.#clocks.closed) continue;
      this.#index({ key: this.#options.key.decode(bytes.subarray(1 + 2 * timestampLength), this.#at), start, end });
    }
  }

  unsettled(): Iterable<readonly [key: Bytes, row: Row<V> | undefined]> {
    return this.#rows.unsettled();
  }

  decode(row: Bytes): Row<V> {
    return this.#rows.decode(row);
  }

  #expired(start: number): boolean {
    return start < this.#clocks.newest - this.#options.retention;
  }

  #index(window: WindowKey<K>): void {
    const windows = this.#open.get(window.start) ?? new Map<unknown, WindowKey<K>>();
    this.#open.set(window.start, windows);
    windows.set(this.#keyId(window.key), window);
  }

  #inKeyOrder(windows: readonly WindowKey<K>[]): WindowKey<K>[] {
    return windows
      .map((window) => [this.#options.key.encode(window.key, this.#at), window] as const)
      .sort(([a], [b]) => compareBytes(a, b))
      .map(([, window]) => window);
  }
}

const encodeClocks = ({ observed, closed, newest }: WindowClocks): Bytes => {
  const bytes = new Uint8Array(24);
  const view = new DataView(bytes.buffer);
  view.setFloat64(0, observed);
  view.setFloat64(8, closed);
  view.setFloat64(16, newest);
  return bytes;
};

const decodeClocks = (bytes: Bytes): WindowClocks => {
  const view = new DataView(bytes.buffer, bytes.byteOffset);
  return { observed: view.getFloat64(0), closed: view.getFloat64(8), newest: view.getFloat64(16) };
};

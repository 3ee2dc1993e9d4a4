import type { Bytes, FlushRow, ReadableSpec, Row, Serde, StoreAccess, StoreRows } from '@kstreams/core/graph';
import { keyTexts, type SingleRow, storedRows, TimedRows, type WindowKey } from '@kstreams/core/state';
import { ClosingWindows } from './closing-windows.js';
import { type Span, SpanRuns } from './span-runs.js';
import { nothingObserved, type WindowClocks, windowClocksRow } from './window-clocks.js';
import { windowReader } from './window-reader.js';
import { encodeWindowPlace, type WindowOrder, windowsBetween } from './window-row-key.js';

/**
 * A store of one value per key and window. The position of a window is its start, or its end in session stores. A window
 * expires when its position is more than the retention before the latest one: it is neither read nor written, and deleted
 * with the next commit.
 */
export interface WindowStore<K, V> {
  get(key: K, start: number, end: number): Row<V> | undefined;
  /** Returns the timestamp of a window's row; does not decode its value. */
  timestamp(key: K, start: number, end: number): number | undefined;
  /** Returns a copy of the value to change in place and put back. */
  getMutable(key: K, start: number, end: number): V | undefined;
  /** Sets the value of a window; `undefined` deletes it. */
  put(key: K, start: number, end: number, value: V | undefined, timestamp: number): void;
  /** The position before which windows have expired; -Infinity before the first window. */
  readonly oldest: number;
  /**
   * Returns the windows of a key with a position between two timestamps, both included, in order, up to the first one that starts
   * after `lastStart`; only for an `indexed` store.
   */
  find(key: K, from: number, to: number, lastStart?: number): readonly Span[];
  readonly clocks: WindowClocks;
  /**
   * Advances the stream time of an input and returns it. `counted` is the timestamp that advances it; it is lower than the
   * record's for a record that arrives out of turn (see `Context.clock`).
   */
  observe(timestamp: number, input?: number, counted?: number): number;
  /**
   * Closes the windows with `end <= upTo` and returns their rows, in order; `undefined` for one that has expired. Only with
   * `closes`.
   */
  close(upTo: number): readonly (readonly [WindowKey<K>, Row<V> | undefined])[];
  /** The earliest end of an open window; `Infinity` without one. Only with `closes`. */
  readonly firstOpen: number;
  /** Returns the latest end of an open window that is not after an instant; only with `closes`. */
  lastOpen(upTo: number): number | undefined;
}

/** The options of a window store. */
export interface WindowStoreOptions<K, V> {
  readonly key: Serde<K>;
  readonly value: Serde<V>;
  /** The time a window is kept from its position, in ms; `Infinity` for ever. */
  readonly retention: number;
  /** The bound of a window that is its position; `'start'` unless set. */
  readonly by?: WindowOrder;
  /** True when open windows are kept in memory by end, to close them in order. */
  readonly closes: boolean;
  /** True when only windows within the retention are closed, even if time jumps past it; false unless set. */
  readonly closeRetained?: boolean;
  /** True for an index of the windows of a key by time, for `find`; false unless set. */
  readonly indexed?: boolean;
  readonly named: boolean;
}

const dayLength = 86_400_000;

/** Creates the spec of a window store. As in Kafka Streams, its changelog keeps rows one day longer. */
export const windowStore = <K, V>(
  name: string,
  options: WindowStoreOptions<K, V>,
): ReadableSpec<WindowStore<K, V>, WindowKey<K>, V> => ({
  name,
  changelog:
    options.retention === Number.POSITIVE_INFINITY
      ? { cleanup: 'compact' }
      : { cleanup: 'compact,delete', retention: options.retention + dayLength },
  key: options.key,
  value: options.value,
  kind: options.by === 'end' ? 'session' : 'window',
  named: options.named,
  reader: windowReader(options.key, options.value, options.by ?? 'start'),
  open: (access) => {
    const store = new WindowRows(name, options, access);
    return { handle: store, rows: store };
  },
});

class WindowRows<K, V> implements WindowStore<K, V>, StoreRows {
  readonly #rows: TimedRows<K, V>;
  readonly #clocks: SingleRow<WindowClocks>;
  readonly #closing: ClosingWindows<K> | undefined;
  readonly #spans: SpanRuns<K> | undefined;
  readonly #by: WindowOrder;
  readonly #closeRetained: boolean;
  readonly #retention: number;
  readonly #keyText: (key: unknown) => string;
  /** The last window and its id, since a record reads the same window several times. */
  #last: { readonly window: WindowKey<unknown>; readonly id: string } | undefined;
  /** The position before which windows had expired at the last flush. */
  #expired = Number.NEGATIVE_INFINITY;
  #cleared = Number.NEGATIVE_INFINITY;
  /** True when the current record is out of turn. */
  #ahead = false;

  constructor(store: string, options: WindowStoreOptions<K, V>, access: StoreAccess) {
    const { by = 'start', closes, closeRetained = false, indexed = false, key, retention, value } = options;
    this.#by = by;
    this.#retention = retention;
    this.#closeRetained = closeRetained;
    this.#keyText = keyTexts(key, access.topic);
    this.#clocks = windowClocksRow(access);
    this.#rows = new TimedRows(
      {
        store,
        key,
        encodeKey: encodeWindowPlace,
        shownKey: (key, time, part) =>
          by === 'start' ? { key, start: time, end: part } : { key, start: part, end: time },
        values: storedRows(store, value, access),
      },
      access,
    );
    const isRetained = (window: Span, clocks: WindowClocks) => this.#isRetained(window[by], clocks);
    this.#closing = closes
      ? new ClosingWindows({ key, by, isRetained, idOf: (window) => this.#idOf(window) }, access)
      : undefined;
    this.#spans = indexed ? new SpanRuns({ store, key, by, retention }, access) : undefined;
  }

  get clocks(): WindowClocks {
    return this.#clocks.get();
  }

  get oldest(): number {
    return this.clocks.newest - this.#retention;
  }

  get firstOpen(): number {
    return this.#closing?.first ?? Number.POSITIVE_INFINITY;
  }

  lastOpen(upTo: number): number | undefined {
    return this.#closing?.last(upTo);
  }

  get(key: K, start: number, end: number): Row<V> | undefined {
    const { clocks } = this;
    const time = this.#position(start, end);
    return this.#isRetained(time, clocks)
      ? this.#rows.get(key, time, this.#other(start, end), clocks.farthest)
      : undefined;
  }

  timestamp(key: K, start: number, end: number): number | undefined {
    const { clocks } = this;
    const time = this.#position(start, end);
    return this.#isRetained(time, clocks)
      ? this.#rows.timestamp(key, time, this.#other(start, end), clocks.farthest)
      : undefined;
  }

  getMutable(key: K, start: number, end: number): V | undefined {
    const { clocks } = this;
    const time = this.#position(start, end);
    return this.#isRetained(time, clocks)
      ? this.#rows.getMutable(key, time, this.#other(start, end), clocks.farthest)
      : undefined;
  }

  put(key: K, start: number, end: number, value: V | undefined, timestamp: number): void {
    const { clocks } = this;
    const time = this.#position(start, end);
    if (!this.#isRetained(time, clocks)) return;
    const newest = this.#ahead ? clocks.newest : Math.max(clocks.newest, time);
    const farthest = Math.max(clocks.farthest, time);
    if (newest > clocks.newest || farthest > clocks.farthest) this.#clocks.set({ ...clocks, newest, farthest });
    if (newest > clocks.newest) this.#drop(newest - this.#retention);
    this.#rows.put(key, time, this.#other(start, end), value, timestamp, clocks.farthest);
    if (value === undefined) {
      this.#closing?.delete({ key, start, end });
      this.#spans?.remove(key, { start, end }, farthest, clocks.farthest);
    } else {
      this.#closing?.add({ key, start, end });
      this.#spans?.add(key, { start, end }, farthest, clocks.farthest);
    }
  }

  find(key: K, from: number, to: number, lastStart = Number.POSITIVE_INFINITY): readonly Span[] {
    const { farthest } = this.clocks;
    return this.#spans?.find(key, Math.max(from, this.oldest), Math.min(to, farthest), lastStart, farthest) ?? [];
  }

  observe(timestamp: number, input = 0, counted = timestamp): number {
    const { clocks } = this;
    const seen = clocks.observed[input] ?? nothingObserved;
    this.#ahead = counted < timestamp;
    if (counted <= seen) return seen;
    const observed = [...clocks.observed];
    for (let i = observed.length; i < input; i++) observed.push(nothingObserved);
    observed[input] = counted;
    this.#clocks.set({ ...clocks, observed });
    return counted;
  }

  close(upTo: number): readonly (readonly [WindowKey<K>, Row<V> | undefined])[] {
    const { clocks } = this;
    if (upTo <= clocks.closed || this.#closing === undefined) return [];
    this.#clocks.set({ ...clocks, closed: upTo });
    return this.#closing.take(upTo).map((window) => {
      const { end, key, start } = window;
      const time = this.#position(start, end);
      const isThere = !this.#closeRetained || this.#isRetained(time, clocks);
      return [window, isThere ? this.#rows.get(key, time, this.#other(start, end), clocks.farthest) : undefined];
    });
  }

  get changed(): number {
    return this.#rows.changed + (this.#spans?.changed ?? 0);
  }

  flush(write: FlushRow): void {
    const { loaded } = this.#clocks;
    if (loaded !== undefined) this.#expired = loaded.newest - this.#retention;
    this.#rows.flush(write, this.#unneeded);
    this.#spans?.flush(write, this.#expired);
    this.#clocks.flush(write);
  }

  markCommitted(): void {
    this.#rows.markCommitted(this.#unneeded);
    this.#spans?.markCommitted(this.#expired);
  }

  expired(): readonly (readonly [from: Bytes, to: Bytes])[] {
    if (!(this.#expired > this.#cleared)) return [];
    this.#cleared = this.#expired;
    const windows = windowsBetween(undefined, this.#expired);
    return this.#spans === undefined ? [windows] : [windows, this.#spans.before(this.#expired)];
  }

  async load(rows: AsyncIterable<readonly [key: Bytes, row: Bytes]>): Promise<void> {
    await this.#closing?.load(rows);
  }

  uncommitted(): Iterable<readonly [key: Bytes, read: (() => Row<V>) | undefined]> {
    return this.#rows.uncommitted();
  }

  read({ key, start, end }: WindowKey<K>): Row<V> | undefined {
    const { clocks } = this;
    const time = this.#position(start, end);
    return this.#isRetained(time, clocks)
      ? this.#rows.read(key, time, this.#other(start, end), clocks.farthest)
      : undefined;
  }

  /** Drops the rows of windows that have expired, which are not read again. */
  #drop(expired: number): void {
    if (this.#expires) this.#rows.drop(expired);
    this.#spans?.drop(expired);
  }

  /** The position before which no row is read again. */
  get #unneeded(): number {
    return this.#expires ? this.#expired : Number.NEGATIVE_INFINITY;
  }

  /** True when no row is read after its retention, as windows are that close later. */
  get #expires(): boolean {
    return this.#closing === undefined || this.#closeRetained;
  }

  #position(start: number, end: number): number {
    return this.#by === 'start' ? start : end;
  }

  /** Returns the bound of a window that is not its position. */
  #other(start: number, end: number): number {
    return this.#by === 'start' ? end : start;
  }

  #isRetained(position: number, { newest }: WindowClocks): boolean {
    return position >= newest - this.#retention;
  }

  #idOf(window: WindowKey<unknown>): string {
    const last = this.#last?.window;
    // An object may have changed since.
    if (last === undefined || typeof window.key === 'object' || !sameWindow(last, window)) {
      this.#last = { window, id: `${window.start} ${window.end} ${this.#keyText(window.key)}` };
    }
    return (this.#last as { id: string }).id;
  }
}

const sameWindow = (a: WindowKey<unknown>, b: WindowKey<unknown>): boolean =>
  a.start === b.start && a.end === b.end && Object.is(a.key, b.key);

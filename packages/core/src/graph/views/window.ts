import { type Bytes, compareBytes } from '../bytes.js';
import { rowValue } from '../row.js';
import type { Coordinates, Serde } from '../serde.js';
import type { FlushRow, Row, Store, StoreAccess, StoreSpec } from '../store.js';
import { keyTexts } from './key-ids.js';
import { openRows } from './observed-rows.js';
import { OpenWindows } from './open-windows.js';
import type { Rows } from './rows.js';
import type { SoleRow } from './sole-row.js';
import { decodeWindowClocks, type WindowClocks, windowClocksRow, windowsBeginning } from './window-clocks.js';
import { decodeWindowKey, encodeWindowKey, type WindowKey, windowsBefore } from './window-key.js';

/**
 * A store of one value per key and window. A window is there as long as it begins at most the retention before the
 * latest beginning of all: what is older is neither read nor written, and deleted with the next commit.
 */
export interface WindowStore<K, V> extends Store {
  get(key: K, start: number, end: number): Row<V> | undefined;
  /** The value to be changed in place and put back: see `KeyValueStore.draft`. */
  draft(key: K, start: number, end: number, shown?: boolean): V | undefined;
  /** Sets the value of a window; undefined deletes it. */
  put(key: K, start: number, end: number, value: V | undefined, timestamp: number): void;
  readonly clocks: WindowClocks;
  /** Moves the operator's clocks on. */
  tick(clocks: { readonly observed: number; readonly closed: number }): void;
  /** The rows of windows with `end <= upTo` that were not asked for before, by start, then by the key's bytes. */
  closing(upTo: number): readonly (readonly [WindowKey<K>, Row<V>])[];
  /** For readers from outside: the rows that the backend does not hold yet, undefined for a delete. */
  unsettled(): Iterable<readonly [key: Bytes, row: Row<V> | undefined]>;
  /** For readers from outside: a row of the backend, decoded. */
  decode(row: Bytes): Row<V>;
}

/** How a window store is made. */
export interface WindowStoreOptions<K, V> {
  readonly key: Serde<K>;
  readonly value: Serde<V>;
  /** How long a window is kept, from its start, in ms. */
  readonly retention: number;
  /** Whether open windows are kept in memory by time, so that they can be closed in order. */
  readonly closes: boolean;
  readonly named: boolean;
}

const dayLength = 86_400_000;

/** A window store; its changelog keeps rows a day longer than the store does, as in Kafka Streams. */
export const windowStore = <K, V>(name: string, options: WindowStoreOptions<K, V>): StoreSpec<WindowStore<K, V>> => ({
  name,
  changelog: { cleanup: 'compact,delete', retention: options.retention + dayLength },
  key: options.key,
  value: options.value,
  shape: 'window',
  named: options.named,
  open: (access) =>
    options.closes ? new ClosingWindowRows(name, options, access) : new WindowRows(name, options, access),
});

class WindowRows<K, V> implements WindowStore<K, V> {
  protected readonly options: WindowStoreOptions<K, V>;
  protected readonly at: Coordinates;
  readonly #rows: Rows<WindowKey<K>, V>;
  readonly #clocks: SoleRow<WindowClocks>;
  readonly #keyText: (key: unknown) => string;
  /** The window asked for last, with its id: a record asks for the same one several times. */
  #last: { readonly window: WindowKey<unknown>; readonly id: string } | undefined;
  /** Windows that begin before this had expired at the last flush; rows flushed later are not of them. */
  #expired = Number.NEGATIVE_INFINITY;
  #cleared = Number.NEGATIVE_INFINITY;

  constructor(store: string, options: WindowStoreOptions<K, V>, access: StoreAccess) {
    const { key, value } = options;
    this.options = options;
    this.at = { topic: access.topic, headers: [] };
    this.#keyText = keyTexts(key, access.topic);
    this.#clocks = windowClocksRow(access);
    this.#rows = openRows(
      {
        store,
        id: (window) => this.idOf(window),
        encodeKey: (window, at) => encodeWindowKey(window.start, window.end, key.encode(window.key, at)),
        encode: value.encode,
        decode: value.decode,
        immutable: value.immutable === true,
      },
      access,
    );
  }

  get clocks(): WindowClocks {
    return this.#clocks.get();
  }

  get(key: K, start: number, end: number): Row<V> | undefined {
    return this.holds(start, this.clocks) ? this.#rows.get({ key, start, end }) : undefined;
  }

  draft(key: K, start: number, end: number, shown = false): V | undefined {
    return this.holds(start, this.clocks) ? this.#rows.draft({ key, start, end }, shown) : undefined;
  }

  put(key: K, start: number, end: number, value: V | undefined, timestamp: number): void {
    const { clocks } = this;
    if (start > clocks.newest) this.#clocks.set({ ...clocks, newest: start });
    else if (!this.holds(start, clocks)) return;
    const window = { key, start, end };
    this.#rows.put(window, value, timestamp);
    if (value !== undefined) this.kept(window);
  }

  tick({ observed, closed }: { readonly observed: number; readonly closed: number }): void {
    const { clocks } = this;
    if (observed === clocks.observed && closed === clocks.closed) return;
    this.#clocks.set({ observed, closed, newest: clocks.newest });
  }

  closing(_upTo: number): readonly (readonly [WindowKey<K>, Row<V>])[] {
    return [];
  }

  flush(write: FlushRow): void {
    this.#rows.flush(write);
    this.#clocks.flush(write);
    const { known } = this.#clocks;
    if (known !== undefined) this.#expired = known.newest - this.options.retention;
  }

  settled(): void {
    this.#rows.settled();
  }

  expired(): readonly (readonly [from: Bytes, to: Bytes])[] {
    if (!(this.#expired > this.#cleared)) return [];
    this.#cleared = this.#expired;
    return [windowsBefore(this.#expired)];
  }

  unsettled(): Iterable<readonly [key: Bytes, row: Row<V> | undefined]> {
    return this.#rows.unsettled();
  }

  decode(row: Bytes): Row<V> {
    return this.#rows.decode(row);
  }

  /** A window's row was written. */
  protected kept(_window: WindowKey<K>): void {}

  protected holds(start: number, { newest }: WindowClocks): boolean {
    return start >= newest - this.options.retention;
  }

  protected idOf(window: WindowKey<unknown>): string {
    const last = this.#last?.window;
    if (last === undefined || !sameWindow(last, window)) {
      this.#last = { window, id: `${window.start} ${window.end} ${this.#keyText(window.key)}` };
    }
    return (this.#last as { id: string }).id;
  }
}

const sameWindow = (a: WindowKey<unknown>, b: WindowKey<unknown>): boolean =>
  a.start === b.start && a.end === b.end && Object.is(a.key, b.key);

/** A window store that also knows which of its windows are open. */
class ClosingWindowRows<K, V> extends WindowRows<K, V> {
  readonly #open = new OpenWindows<K>();
  readonly #access: StoreAccess;

  constructor(store: string, options: WindowStoreOptions<K, V>, access: StoreAccess) {
    super(store, options, access);
    this.#access = access;
  }

  override closing(upTo: number): readonly (readonly [WindowKey<K>, Row<V>])[] {
    const closed = this.#open.take(upTo);
    if (closed.length === 0) return [];
    this.#access.journal.undo?.(() => {
      for (const [id, window] of closed) this.#open.add(id, window);
    });
    return closed
      .map(([, window]) => [this.#bytesOf(window), window] as const)
      .sort(([a], [b]) => compareBytes(a, b))
      .flatMap(([, window]) => {
        const row = this.get(window.key, window.start, window.end);
        return row === undefined ? [] : [[window, row] as const];
      });
  }

  async load(rows: AsyncIterable<readonly [key: Bytes, row: Bytes]>): Promise<void> {
    // The row of the clocks comes before those of windows.
    let clocks = windowsBeginning;
    for await (const [bytes, row] of rows) {
      const window = decodeWindowKey(bytes);
      if (window === undefined) {
        clocks = decodeWindowClocks(rowValue(row));
        continue;
      }
      if (window.end <= clocks.closed || !this.holds(window.start, clocks)) continue;
      this.kept({ ...window, key: this.options.key.decode(window.key, this.at) });
    }
  }

  protected override kept(window: WindowKey<K>): void {
    const id = this.idOf(window);
    if (this.#open.add(id, window)) this.#access.journal.undo?.(() => this.#open.delete(id, window));
  }

  #bytesOf({ key, start, end }: WindowKey<K>): Bytes {
    return encodeWindowKey(start, end, this.options.key.encode(key, this.at));
  }
}

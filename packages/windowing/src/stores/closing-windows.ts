import {
  type Coordinates,
  compareBytes,
  retryPending,
  rowValue,
  type Serde,
  type StoreAccess,
} from '@kstreams/core/graph';
import { keptKeys, type WindowKey } from '@kstreams/core/state';
import { OpenWindows } from './open-windows.js';
import { decodeWindowClocks, initialWindowClocks, type WindowClocks } from './window-clocks.js';
import { decodeWindowKey, encodeWindowKey, type WindowOrder } from './window-row-key.js';

/** The options of closing windows. */
export interface ClosingOptions<K> {
  readonly key: Serde<K>;
  readonly by: WindowOrder;
  readonly idOf: (window: WindowKey<K>) => string;
  /** True when a window has not expired. */
  readonly isRetained: (window: WindowKey<unknown>, clocks: WindowClocks) => boolean;
}

/** The open windows of a store. They are kept in memory and rebuilt from the rows when the store is opened. */
export class ClosingWindows<K> {
  readonly #options: ClosingOptions<K>;
  readonly #access: StoreAccess;
  readonly #at: Coordinates;
  readonly #keptKey: (key: K) => K;
  readonly #open = new OpenWindows<K>();

  constructor(options: ClosingOptions<K>, access: StoreAccess) {
    this.#options = options;
    this.#access = access;
    this.#at = { topic: access.topic, headers: [] };
    this.#keptKey = keptKeys(options.key, access.topic);
  }

  /** The earliest end of an open window. */
  get first(): number | undefined {
    return this.#open.first;
  }

  /** Returns the latest end of an open window that is not after an instant. */
  last(upTo: number): number | undefined {
    return this.#open.last(upTo);
  }

  add(window: WindowKey<K>): void {
    const id = this.#options.idOf(window);
    if (this.#open.has(id, window)) return;
    this.#open.add(id, { ...window, key: this.#keptKey(window.key) });
    this.#access.journal.undo?.(() => this.#open.delete(id, window));
  }

  delete(window: WindowKey<K>): void {
    const id = this.#options.idOf(window);
    const removed = this.#open.delete(id, window);
    if (removed !== undefined) this.#access.journal.undo?.(() => this.#open.add(id, removed));
  }

  /** Removes and returns the windows with `end <= upTo`, in the order of their rows. */
  take(upTo: number): readonly WindowKey<K>[] {
    const closed = this.#open.take(upTo);
    if (closed.length === 0) return [];
    this.#access.journal.undo?.(() => {
      for (const [id, window] of closed) this.#open.add(id, window);
    });
    const { by, key } = this.#options;
    return closed
      .map(([, window]) => {
        return [encodeWindowKey(window.start, window.end, key.encode(window.key, this.#at), by), window] as const;
      })
      .sort(([a], [b]) => compareBytes(a, b))
      .map(([, window]) => window);
  }

  async load(rows: AsyncIterable<readonly [key: Uint8Array, row: Uint8Array]>): Promise<void> {
    const { by, idOf, isRetained, key } = this.#options;
    // The row of clocks is read before those of windows.
    let clocks = initialWindowClocks;
    for await (const [bytes, row] of rows) {
      const window = decodeWindowKey(bytes, by);
      if (window === undefined) {
        if (bytes[0] === 0) clocks = decodeWindowClocks(rowValue(row));
        continue;
      }
      if (window.end <= clocks.closed || !isRetained(window, clocks)) continue;
      const open = { ...window, key: await retryPending(() => key.decode(window.key, this.#at)) };
      this.#open.add(idOf(open), open);
    }
  }
}

import type { WindowKey } from '@kstreams/core/state';

/** The windows that have rows and are not closed, by their ends. */
export class OpenWindows<K> {
  readonly #byEnd = new Map<number, Map<string, WindowKey<K>>>();
  /** The ends of `byEnd`, ascending. A new end is nearly always the last. */
  readonly #ends: number[] = [];

  /** The earliest end of an open window. */
  get first(): number | undefined {
    return this.#ends[0];
  }

  /** Returns the latest end of an open window that is not after an instant. */
  last(upTo: number): number | undefined {
    return this.#ends.findLast((end) => end <= upTo);
  }

  /** True when there is a window with this id and end. */
  has(id: string, { end }: WindowKey<unknown>): boolean {
    return this.#byEnd.get(end)?.has(id) === true;
  }

  /** Adds a window under its id, or replaces it. */
  add(id: string, window: WindowKey<K>): void {
    let windows = this.#byEnd.get(window.end);
    if (windows === undefined) {
      windows = new Map();
      this.#byEnd.set(window.end, windows);
      let at = this.#ends.length;
      while (at > 0 && (this.#ends[at - 1] as number) > window.end) at--;
      this.#ends.splice(at, 0, window.end);
    }
    windows.set(id, window);
  }

  /** Removes and returns a window, or `undefined` when it does not exist. */
  delete(id: string, { end }: WindowKey<unknown>): WindowKey<K> | undefined {
    const windows = this.#byEnd.get(end);
    const removed = windows?.get(id);
    if (windows === undefined || removed === undefined) return undefined;
    windows.delete(id);
    if (windows.size === 0) {
      this.#byEnd.delete(end);
      this.#ends.splice(this.#ends.indexOf(end), 1);
    }
    return removed;
  }

  /** Removes and returns the windows with `end <= upTo`, in no particular order. */
  take(upTo: number): (readonly [id: string, window: WindowKey<K>])[] {
    const taken: (readonly [string, WindowKey<K>])[] = [];
    let count = 0;
    for (const end of this.#ends) {
      if (end > upTo) break;
      count++;
      for (const entry of this.#byEnd.get(end) as Map<string, WindowKey<K>>) taken.push(entry);
      this.#byEnd.delete(end);
    }
    this.#ends.splice(0, count);
    return taken;
  }
}

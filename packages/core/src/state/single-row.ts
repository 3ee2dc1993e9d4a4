import type { Bytes } from '../graph/bytes.js';
import { rowValue } from '../graph/row-bytes.js';
import type { FlushRow, StoreAccess } from '../graph/store.js';

/** The key and encoding of a single row. */
export interface SingleRowFormat<V> {
  readonly key: Bytes;
  /** The value without a row. */
  readonly initial: V;
  readonly encode: (value: V) => Bytes;
  readonly decode: (bytes: Bytes) => V;
  /** The timestamp of the row, and of its changelog record. */
  readonly timestamp: (value: V) => number;
}

/**
 * One value that a store keeps beside its rows, such as its clocks. It is read at first use, not when the store is opened:
 * its row may be restored first, and a slow backend has to load it.
 */
export class SingleRow<V> {
  readonly #format: SingleRowFormat<V>;
  readonly #access: StoreAccess;
  #value: V | undefined;
  #dirty = false;

  constructor(format: SingleRowFormat<V>, access: StoreAccess) {
    this.#format = format;
    this.#access = access;
  }

  /** The value if it was read or set before; reads nothing. */
  get loaded(): V | undefined {
    return this.#value;
  }

  /** Returns the value; the first call reads its row. */
  get(): V {
    if (this.#value === undefined) {
      const row = this.#access.get(this.#format.key);
      this.#value = row === undefined ? this.#format.initial : this.#format.decode(rowValue(row));
    }
    return this.#value;
  }

  set(value: V): void {
    const { undo } = this.#access.journal;
    if (undo !== undefined) {
      const [before, dirty] = [this.#value, this.#dirty];
      undo(() => {
        this.#value = before;
        this.#dirty = dirty;
      });
    }
    this.#value = value;
    this.#dirty = true;
  }

  flush(write: FlushRow): void {
    if (!this.#dirty) return;
    const value = this.#value as V;
    write(this.#format.key, this.#format.encode(value), this.#format.timestamp(value));
    this.#dirty = false;
  }
}

import type { Row, StoreAccess } from '../graph/store.js';
import { type RowFormat, Rows } from './rows.js';

/** Rows as {@link Rows}, which tell of those that are touched where somebody observes the store. */
export const openRows = <K, V>(format: RowFormat<K, V>, access: StoreAccess): Rows<K, V> =>
  access.touched === undefined ? new Rows(format, access) : new ObservedRows(format, access, access.touched);

class ObservedRows<K, V> extends Rows<K, V> {
  readonly #touched: NonNullable<StoreAccess['touched']>;

  constructor(format: RowFormat<K, V>, access: StoreAccess, touched: NonNullable<StoreAccess['touched']>) {
    super(format, access);
    this.#touched = touched;
  }

  override get(key: K): Row<V> | undefined {
    const row = super.get(key);
    this.#touched({ how: 'read', key, before: row?.value, after: row?.value });
    return row;
  }

  override read(key: K): Row<V> | undefined {
    return super.get(key);
  }

  /** Always a copy, so that what was told of stays as it was. */
  override draft(key: K): V | undefined {
    return super.draft(key, true);
  }

  override put(key: K, value: V | undefined, timestamp: number): void {
    const before = super.get(key)?.value;
    super.put(key, value, timestamp);
    this.#touched({ how: 'write', key, before, after: value });
  }
}

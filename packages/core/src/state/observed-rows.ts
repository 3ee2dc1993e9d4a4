import type { Row, StoreAccess } from '../graph/store.js';
import { type RowFormat, Rows } from './rows.js';

/** Opens rows as {@link Rows}; with an observer, each read and write of a row is reported to it. */
export const openRows = <K, V>(format: RowFormat<K, V>, access: StoreAccess): Rows<K, V> =>
  access.observeRow === undefined ? new Rows(format, access) : new ObservedRows(format, access, access.observeRow);

class ObservedRows<K, V> extends Rows<K, V> {
  readonly #observe: NonNullable<StoreAccess['observeRow']>;

  constructor(format: RowFormat<K, V>, access: StoreAccess, observe: NonNullable<StoreAccess['observeRow']>) {
    super(format, access);
    this.#observe = observe;
  }

  override get(key: K): Row<V> | undefined {
    const row = super.get(key);
    this.#observe({ how: 'read', key, before: row?.value, after: row?.value });
    return row;
  }

  override getMutable(key: K): V | undefined {
    this.get(key);
    return super.getMutable(key);
  }

  override read(key: K): Row<V> | undefined {
    return super.get(key);
  }

  override put(key: K, value: V | undefined, timestamp: number): void {
    const before = super.get(key)?.value;
    super.put(key, value, timestamp);
    this.#observe({ how: 'write', key, before, after: super.get(key)?.value });
  }
}

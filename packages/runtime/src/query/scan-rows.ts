import {
  afterPrefix,
  type ByteStore,
  type Bytes,
  compareBytes,
  concatBytes,
  type Isolation,
  noBytes,
  type OptionChecks,
  option,
  type Row,
  type RowRange,
  retryPending,
} from '@kstreams/core/graph';
import type { StorePartition } from '../task/stores/store-partition.js';
import type { OpenStore } from '../task/stores/task-stores.js';
import type { RowCodec } from './row-codec.js';

/** The order of a scan. */
export interface ScanOrder {
  /** True to read from the last row to the first; false by default. */
  readonly reverse?: boolean;
}

/** The checks of {@link ScanOrder}. */
export const orderChecks: OptionChecks<ScanOrder> = { reverse: option.flag };

/** A row with its key, decoded and as bytes. */
export interface ScannedRow<K, V> {
  readonly rowKey: Bytes;
  readonly key: K;
  readonly row: Row<V>;
}

/** The rows of a store partition that a scan reads: those of an open store, or committed ones alone. */
export type ScannedStore = Pick<StorePartition, 'prefix'> & Partial<Pick<OpenStore, 'rows'>>;

/**
 * Returns the rows of a range of row keys, in the order of their bytes. With the isolation `latest`, rows that are not
 * committed to the backend yet replace its own. All rows are as of the first step: the backend's scan is a snapshot, and
 * uncommitted rows are copied in the same turn.
 */
export async function* scanRows<K, V>(
  { prefix, rows }: ScannedStore,
  bytes: ByteStore,
  isolation: Isolation,
  codec: RowCodec<K, V>,
  { from = noBytes, to, includes = everyRow }: Partial<RowRange> = {},
  { reverse = false }: ScanOrder = {},
): AsyncGenerator<ScannedRow<K, V>> {
  const ascending = reverse ? -1 : 1;
  const within = (key: Bytes): boolean =>
    compareBytes(key, from) >= 0 && (to === undefined || compareBytes(key, to) < 0) && includes(key);
  const uncommitted = [...((isolation === 'latest' ? rows?.uncommitted?.() : undefined) ?? [])]
    .filter(([key]) => within(key))
    .sort(([a], [b]) => ascending * compareBytes(a, b));
  const end = to === undefined ? (afterPrefix(prefix) as Bytes) : concatBytes(prefix, to);
  const decoded = (rowKey: Bytes, read: () => Row<V> | undefined): Promise<ScannedRow<K, V>[]> =>
    retryPending(() => {
      const key = codec.key(rowKey);
      const row = key === undefined ? undefined : read();
      return row === undefined ? [] : [{ rowKey, key: key as K, row }];
    });
  const live = (rowKey: Bytes, read: (() => Row<unknown>) | undefined) =>
    decoded(rowKey, () => read?.() as Row<V> | undefined);
  let at = 0;
  for await (const [key, row] of bytes.scan(concatBytes(prefix, from), end, { reverse })) {
    const rowKey = key.subarray(prefix.length);
    let replaced = false;
    for (let next = uncommitted[at]; next !== undefined; next = uncommitted[++at]) {
      const order = ascending * compareBytes(next[0], rowKey);
      if (order > 0) break;
      replaced = order === 0;
      yield* await live(next[0], next[1]);
    }
    if (!replaced && includes(rowKey)) yield* await decoded(rowKey, () => codec.row(row));
  }
  for (const [key, read] of uncommitted.slice(at)) yield* await live(key, read);
}

const everyRow = (): boolean => true;

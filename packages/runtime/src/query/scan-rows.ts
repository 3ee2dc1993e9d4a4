import {
  afterPrefix,
  type ByteStore,
  type Bytes,
  compareBytes,
  concatBytes,
  type Isolation,
  type Row,
} from '@kstreams/core/graph';
import type { OpenStore } from '../task/stores/task-stores.js';

/** What views of every kind of store offer to readers. */
export interface Readable {
  unsettled(): Iterable<readonly [key: Bytes, row: Row<unknown> | undefined]>;
  /** Undefined where the row says that its key was deleted. */
  decode(row: Bytes): Row<unknown> | undefined;
}

/**
 * The rows of a store from one encoded key to another, in the order of their bytes: those of the backend, under those
 * that have not reached it yet where the isolation is `latest`. All as of one moment, that of the first step: the
 * backend's scan is a snapshot, and what lies over it is copied in the same breath. What a store keeps beside its rows is
 * left out by `isRow`.
 */
export async function* scanRows(
  { prefix, store }: OpenStore,
  bytes: ByteStore,
  isolation: Isolation,
  isRow: (key: Bytes) => boolean,
  from?: Bytes,
  to?: Bytes,
): AsyncGenerator<readonly [key: Bytes, row: Row<unknown>]> {
  const readable = store as unknown as Readable;
  const within = (key: Bytes): boolean =>
    (from === undefined || compareBytes(key, from) >= 0) && (to === undefined || compareBytes(key, to) < 0);
  const over = [...(isolation === 'latest' ? readable.unsettled() : [])]
    .filter(([key]) => isRow(key) && within(key))
    .sort(([a], [b]) => compareBytes(a, b));
  const end = to === undefined ? (afterPrefix(prefix) as Bytes) : concatBytes(prefix, to);
  let at = 0;
  for await (const [key, row] of bytes.scan(concatBytes(prefix, from ?? new Uint8Array()), end)) {
    const inner = key.subarray(prefix.length);
    let replaced = false;
    for (let next = over[at]; next !== undefined; next = over[++at]) {
      const order = compareBytes(next[0], inner);
      if (order > 0) break;
      replaced = order === 0;
      if (next[1] !== undefined) yield [next[0], next[1]];
    }
    const decoded = replaced || !isRow(inner) ? undefined : readable.decode(row);
    if (decoded !== undefined) yield [inner, decoded];
  }
  for (const [key, row] of over.slice(at)) if (row !== undefined) yield [key, row];
}

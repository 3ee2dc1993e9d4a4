import { type Bytes, type Clock, idToBytes, yieldToEventLoop } from '@kstreams/core/graph';
import type { SegmentRow } from './segment/block.js';

/** The number of keys that are sorted in one turn of the event loop. */
const sliceLength = 10_000;

/** The number of rows that are returned at a time. */
export const rowsAtOnce = 1_000;

/**
 * Returns rows in the order of their keys, many at a time. Sorts some keys in a turn of the event loop, and merges what is
 * sorted.
 */
export async function* sortedRows(
  rows: ReadonlyMap<string, Bytes | undefined>,
  clock: Clock,
  length = sliceLength,
): AsyncGenerator<readonly SegmentRow[], void, undefined> {
  const ids = [...rows.keys()];
  const slices: { readonly ids: readonly string[]; at: number }[] = [];
  for (let from = 0; from < ids.length; from += length) {
    slices.push({ ids: ids.slice(from, from + length).sort(), at: 0 });
    await yieldToEventLoop(clock);
  }
  let sorted: SegmentRow[] = [];
  for (;;) {
    let [least, first]: [(typeof slices)[0] | undefined, string | undefined] = [undefined, undefined];
    for (const slice of slices) {
      const id = slice.ids[slice.at];
      if (id !== undefined && (first === undefined || id < first)) [least, first] = [slice, id];
    }
    if (least === undefined || first === undefined) break;
    least.at++;
    sorted.push([idToBytes(first), rows.get(first)]);
    if (sorted.length < rowsAtOnce) continue;
    yield sorted;
    sorted = [];
  }
  yield sorted;
}

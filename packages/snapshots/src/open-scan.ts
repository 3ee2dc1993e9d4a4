import { type ByteStore, type Bytes, concatBytes, idToBytes, rangeOf, type ScanOptions } from '@kstreams/core/graph';
import type { SegmentRow } from './segment/block.js';
import { rowsAtOnce } from './sorted-rows.js';

/** A range of keys without their prefix, as ids: all of them unless bounded. */
export interface ScanRange extends ScanOptions {
  readonly from?: string;
  readonly to?: string | undefined;
}

/** Returns the rows with a prefix as they are now, without it, many at a time. */
export const openScan = async (
  local: ByteStore,
  prefix: Bytes,
  { from = '', reverse = false, to }: ScanRange = {},
): Promise<AsyncGenerator<readonly SegmentRow[], void, undefined>> => {
  const at = (id: string): Bytes => concatBytes(prefix, idToBytes(id));
  const end = to === undefined ? rangeOf(prefix)[1] : at(to);
  const scan = local.scan(at(from), end, { reverse })[Symbol.asyncIterator]();
  // The scan is of the time when its first entry is read.
  const first = await scan.next();
  return (async function* () {
    let rows: SegmentRow[] = [];
    try {
      for (let next = first; next.done !== true; next = await scan.next()) {
        const [key, value] = next.value;
        rows.push([key.subarray(prefix.length), value]);
        if (rows.length < rowsAtOnce) continue;
        yield rows;
        rows = [];
      }
      yield rows;
    } finally {
      await scan.return?.();
    }
  })();
};

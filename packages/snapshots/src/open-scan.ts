import type { ByteStore } from '@kstreams/core/graph';
import type { SegmentRow } from './segment/block.js';
import type { ShardPlace } from './shard-place.js';
import { rowsAtOnce } from './sorted-rows.js';

/** Returns the rows of a shard as they are now, without its prefix, many at a time. */
export const openScan = async (
  local: ByteStore,
  { prefix, range }: ShardPlace,
): Promise<AsyncIterable<readonly SegmentRow[]>> => {
  const scan = local.scan(...range)[Symbol.asyncIterator]();
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

import { type Bytes, type Clock, systemClock, TimeSlice, type Write } from '@kstreams/core/graph';
import type { Level } from 'level';

/** The number of rows between two looks at the clock. */
const stretch = 500;

/**
 * Writes rows in one batch; a row without a value is a delete. A chained batch takes each row at once: an array of operations
 * costs four times as much processor time, most of it for copies of the operations. Yields to the event loop while it takes them.
 */
export const writeBatch = async (
  database: Pick<Level<Bytes, Bytes>, 'batch'>,
  writes: readonly Write[],
  { clock = systemClock, sync }: { readonly sync: boolean; readonly clock?: Clock },
): Promise<void> => {
  const batch = database.batch();
  const slice = new TimeSlice(clock);
  let count = 0;
  try {
    for (const [key, value] of writes) {
      if (++count % stretch === 0) await slice.yieldIfOver();
      if (value === undefined) batch.del(key);
      else batch.put(key, value);
    }
  } catch (thrown) {
    await batch.close();
    throw thrown;
  }
  // A page has no such option, so the types of Level leave it out.
  await batch.write({ sync } as object);
};

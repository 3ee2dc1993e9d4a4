import { type Bytes, type Clock, systemClock, TimeSlice, type Write } from '@kstreams/core/graph';
import type { Level } from 'level';

/** The number of rows between two looks at the clock. */
const stretch = 500;

/** Options of a batch. */
export interface BatchOptions {
  /** True to wait for the disk. */
  readonly sync: boolean;
  /** The clock of the yields; that of the system unless set. */
  readonly clock?: Clock;
  /** Returns the array that is passed in place of a key, until the next key; the key itself unless set. */
  readonly passedKey?: (key: Bytes) => Bytes;
  /** As `passedKey`, for values. */
  readonly passedValue?: (value: Bytes) => Bytes;
}

const itself = (bytes: Bytes): Bytes => bytes;

/**
 * Writes rows in one batch; a row without a value is a delete. A chained batch takes each row at once: an array of operations
 * costs four times as much processor time, most of it for copies of the operations. Yields to the event loop while it takes them.
 */
export const writeBatch = async (
  database: Pick<Level<Bytes, Bytes>, 'batch'>,
  writes: readonly Write[],
  { clock = systemClock, passedKey = itself, passedValue = itself, sync }: BatchOptions,
): Promise<void> => {
  const batch = database.batch();
  const slice = new TimeSlice(clock);
  let count = 0;
  try {
    for (const [key, value] of writes) {
      const turn = ++count % stretch === 0 ? slice.yieldIfOver() : undefined;
      // A read that follows a short commit in a page must not begin before it: IndexedDB has no snapshots.
      if (turn !== undefined) await turn;
      if (value === undefined) batch.del(passedKey(key));
      else batch.put(passedKey(key), passedValue(value));
    }
  } catch (thrown) {
    await batch.close();
    throw thrown;
  }
  // A page has no such option, so the types of Level leave it out.
  await batch.write({ sync } as object);
};

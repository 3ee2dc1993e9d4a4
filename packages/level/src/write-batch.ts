import type { Bytes, Write } from '@kstreams/core/graph';
import type { Level } from 'level';

/**
 * Writes rows in one batch; a row without a value is a delete. A chained batch takes each row at once: an array of operations
 * costs four times as much processor time, most of it for copies of the operations.
 */
export const writeBatch = async (
  database: Pick<Level<Bytes, Bytes>, 'batch'>,
  writes: readonly Write[],
  { sync }: { readonly sync: boolean },
): Promise<void> => {
  const batch = database.batch();
  try {
    for (const [key, value] of writes) {
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

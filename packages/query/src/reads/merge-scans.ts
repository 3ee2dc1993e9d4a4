import { compareBytes } from '@kstreams/core/graph';
import type { ScannedRow } from '@kstreams/runtime';

/** A row and its partition. */
export interface MergedRow extends ScannedRow<unknown, unknown> {
  readonly partition: number;
}

/** The scan of one partition. */
export interface PartitionRows {
  readonly partition: number;
  readonly rows: AsyncGenerator<ScannedRow<unknown, unknown>>;
}

/** Returns the order of two rows: by their row keys, then by their partitions. */
export const compareRows = (
  a: Pick<MergedRow, 'partition' | 'rowKey'>,
  b: Pick<MergedRow, 'partition' | 'rowKey'>,
): number => compareBytes(a.rowKey, b.rowKey) || a.partition - b.partition;

/** Merges the scans of partitions into one, in the order of the row keys. Closes all scans at its end. */
export async function* mergeScans(scans: readonly PartitionRows[], reverse: boolean): AsyncGenerator<MergedRow> {
  const before = (a: MergedRow, b: MergedRow): boolean => compareRows(a, b) < 0 !== reverse;
  try {
    const heads = await Promise.all(scans.map(nextRow));
    for (;;) {
      let first: MergedRow | undefined;
      let index = 0;
      for (const [at, head] of heads.entries()) {
        if (head === undefined || (first !== undefined && before(first, head))) continue;
        first = head;
        index = at;
      }
      if (first === undefined) return;
      yield first;
      heads[index] = await nextRow(scans[index] as PartitionRows);
    }
  } finally {
    await Promise.all(scans.map(({ rows }) => rows.return(undefined)));
  }
}

const nextRow = async ({ partition, rows }: PartitionRows): Promise<MergedRow | undefined> => {
  const { done, value } = await rows.next();
  return done === true ? undefined : { ...value, partition };
};

import { type Database, plainBytes } from '../database.js';
import { offsetOfRow, type PartitionKey, rowRange } from './keys.js';
import type { Row } from './tail.js';

/** About how many bytes are read at once. */
export const readLength = 256 * 1_024;
/** And at most how many rows. */
const rowLimit = 1_000;

/** Rows that reach from an offset to before another, as many as are read at once. */
export const readRows = async (
  database: Database,
  partition: PartitionKey,
  from: number,
  to: number,
): Promise<readonly Row[]> => {
  const limits = { limit: rowLimit, highWaterMarkBytes: readLength };
  const iterator = database.iterator({ ...rowRange('record', partition, from, to), ...limits });
  try {
    const found = await iterator.nextv(rowLimit);
    return found.map(([key, bytes]) => ({ last: offsetOfRow(key), bytes: plainBytes(bytes) }));
  } finally {
    await iterator.close();
  }
};

/** All rows from an offset to before another, read some at a time. */
export async function* scanRows(
  database: Database,
  partition: PartitionKey,
  from: number,
  to: number,
): AsyncGenerator<Row> {
  for (let at = from; at < to; ) {
    const rows = await readRows(database, partition, at, to);
    yield* rows;
    at = (rows.at(-1)?.last ?? to) + 1;
  }
}

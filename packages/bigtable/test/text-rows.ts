/** Rows of texts, between the keys `a` and `z`. */
import { fromUtf8, type RemoteStorage, toUtf8, type Write } from '@kstreams/core/graph';

/** Returns the rows of a storage. */
export const rowsOf = async (storage: RemoteStorage): Promise<Record<string, string>> => {
  const rows: Record<string, string> = {};
  for await (const [key, value] of storage.scan(toUtf8('a'), toUtf8('z'))) rows[fromUtf8(key)] = fromUtf8(value);
  return rows;
};

/** Returns the writes of rows; `undefined` deletes one. */
export const writesOf = (rows: Readonly<Record<string, string | undefined>>): Write[] =>
  Object.entries(rows).map(([key, value]) => [toUtf8(key), value === undefined ? undefined : toUtf8(value)]);

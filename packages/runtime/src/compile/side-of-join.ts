import type { Lookup, Row } from '@kstreams/core/graph';
import type { Propagation } from './change-in-flight.js';
import { sameKey } from './same-key.js';

/** A row that the join uses before its change arrives. */
interface RowAhead {
  readonly key: unknown;
  readonly row: Row<unknown> | undefined;
}

/**
 * One side of a join whose tables feed both sides. The rows that the join obtained with `ahead` are its rows until their
 * changes arrive, or until the change in flight has reached all readers.
 */
export const sideOfJoin = (
  { ahead, get }: Lookup<unknown, unknown>,
  propagation: Propagation,
): Required<Omit<Lookup<unknown, unknown>, 'asOf'>> => {
  let rows: RowAhead[] = [];
  let finished = 0;
  const known = (key: unknown): RowAhead | undefined => {
    if (finished !== propagation.finished) [rows, finished] = [[], propagation.finished];
    return rows.find((one) => sameKey(one.key, key));
  };
  const currentRow = (key: unknown): Row<unknown> | undefined => {
    const found = known(key);
    return found === undefined ? get(key) : found.row;
  };
  const arrived = (key: unknown): RowAhead | undefined => {
    const found = known(key);
    if (found !== undefined) rows.splice(rows.indexOf(found), 1);
    return found;
  };
  return {
    get: currentRow,
    ahead: (key) => {
      if (ahead === undefined || !propagation.isRunning) return currentRow(key);
      arrived(key);
      const row = ahead(key);
      rows.push({ key, row });
      return row;
    },
    arrived,
  };
};

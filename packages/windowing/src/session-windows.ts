import type { StreamRecord } from '@kstreams/core/graph';
import type { Aggregation, Place } from './window-kind.js';
import type { WindowTable } from './window-table.js';

/**
 * Places records in sessions: a record joins those that end at most the gap before it and begin at most the gap after it,
 * and they become one. They are deleted first, in the order of their ends, and what they have become follows.
 */
export const sessionWindows =
  (gap: number): Place =>
  <K, V, A>(table: WindowTable<K, A>) => {
    const { rows, shown } = table;
    return ({ key, value, timestamp }: StreamRecord<K, V>, { add, begin, merge }: Aggregation<K, V, A>) => {
      const met = rows
        .find(key, timestamp - gap, Number.POSITIVE_INFINITY)
        .filter(({ start }) => start <= timestamp + gap);
      let [start, end] = [timestamp, timestamp];
      for (const session of met) {
        start = Math.min(start, session.start);
        end = Math.max(end, session.end);
      }
      if (table.isClosed(end)) return table.late();
      let so = begin();
      for (const session of met) {
        const one = rows.draft(key, session.start, session.end, shown);
        if (one !== undefined) so = merge?.(so, one, key) ?? undefined;
      }
      // A session of this instant alone goes on as it is; any other is taken back, also where its bounds stay the same.
      const goesOn = start === end;
      let before: A | undefined;
      for (const session of met) {
        const old = rows.get(key, session.start, session.end)?.value;
        if (goesOn) before = old;
        else table.update(session.start, session.end, undefined, session.end, old);
      }
      return table.update(start, end, add(so, value, key) ?? undefined, end, before);
    };
  };

import type { Place } from './window-kind.js';
import type { Windows } from './windows.js';

/** Places records in the windows that a rule gives for their timestamps. */
export const ruleWindows =
  (of: Windows['of'], outside: 'counted' | 'ignored' = 'counted'): Place =>
  (table) => {
    const { rows, shown } = table;
    return ({ key, value, timestamp }, { add, begin }) => {
      const spans = of(timestamp);
      if (spans.length === 0 && outside === 'counted') return table.outside();
      for (const { start, end } of spans) {
        if (table.isClosed(end)) {
          table.late();
          continue;
        }
        const old = rows.get(key, start, end);
        const after = add(rows.draft(key, start, end, shown) ?? begin(), value, key) ?? undefined;
        const at = old === undefined ? timestamp : Math.max(timestamp, old.timestamp);
        // As in Kafka Streams, the value before the first one is what the aggregate begins with.
        table.update(start, end, after, at, old === undefined ? begin() : old.value);
      }
    };
  };

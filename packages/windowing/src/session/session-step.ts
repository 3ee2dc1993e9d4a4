import type { StreamRecord } from '@kstreams/core/graph';
import type { WindowContext } from '../aggregate/window-context.js';
import type { Aggregation, WindowStep } from '../aggregate/window-kind.js';

/**
 * Adds a record to its session: merges all sessions that end at most `gap` ms before it and begin at most `gap` ms after
 * it. The merged sessions are deleted first, in the order of their ends; the new one follows.
 *
 * As in Kafka Streams, a session that is about to expire takes no records of its gap any more. It is merged only if the
 * new session would overlap it, so that sessions of a key never overlap.
 */
export const sessionStep =
  (gap: number): WindowStep =>
  <K, V, A>(context: WindowContext<K, A>) => {
    const { rows, sendsOldValues } = context;
    return ({ key, value, timestamp }: StreamRecord<K, V>, { add, init, merge }: Aggregation<K, V, A>) => {
      const { oldest } = rows;
      // Sessions of a key never overlap: in the order of their ends they are in that of their starts, too.
      const near = rows.find(key, timestamp - gap, Number.POSITIVE_INFINITY, timestamp + gap);
      let [start, end] = [timestamp, timestamp];
      for (const session of near) {
        if (session.end === oldest) continue;
        start = Math.min(start, session.start);
        end = Math.max(end, session.end);
      }
      if (context.isClosed(end)) return context.dropLate();
      const from = start;
      const connected = near.filter((session) => session.end > oldest || session.end >= from);
      for (const session of connected) start = Math.min(start, session.start);
      let aggregate = init();
      for (const session of connected) {
        const other = rows.getMutable(key, session.start, session.end);
        if (other !== undefined) aggregate = merge?.(aggregate, other, key) ?? undefined;
      }
      // A session of this timestamp alone is updated; any other is deleted and written again, even with the same bounds.
      const isUpdated = start === end;
      let before: A | undefined;
      for (const session of connected) {
        const old = sendsOldValues ? rows.get(key, session.start, session.end)?.value : undefined;
        if (isUpdated) before = old;
        else context.update(session.start, session.end, undefined, session.end, old);
      }
      return context.update(start, end, add(aggregate, value, key) ?? undefined, end, before);
    };
  };

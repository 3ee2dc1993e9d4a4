import type { RecordHeaders } from '@kstreams/core/graph';
import type { Side, UnmatchedStore } from './stores/unmatched.js';
import type { JoinWindow } from './stream-join.js';

/** Emits a record that has met nobody. */
export type EmitAlone = (side: Side, key: unknown, value: unknown, timestamp: number, headers: RecordHeaders) => void;

/**
 * Emits the waiting records whose window and grace have passed, until the first of each side whose have not. Where not even
 * the oldest can have passed, with a window that reaches so far ahead, nothing is looked at.
 */
export const sweep = (
  waiting: UnmatchedStore<unknown, unknown, unknown>,
  { after, before, grace }: JoinWindow,
  ahead: number,
  emit: EmitAlone,
  headers: RecordHeaders,
): void => {
  const { observed, oldest } = waiting.clocks;
  if (oldest + ahead + grace >= observed) return;
  const open = { left: false, right: false };
  // Where the sweep ends is where, as in Kafka Streams, the next one may begin.
  let end = Number.POSITIVE_INFINITY;
  for (const { key, side, timestamp, values } of waiting.inOrder()) {
    end = timestamp;
    if (open.left && open.right) break;
    const reach = side === 'left' ? after : before;
    if (open[side] || timestamp + reach + grace >= observed) {
      open[side] = true;
      // Kafka Streams goes record by record: the second of those that wait together ends the sweep already.
      if (values.length > 1 && open.left && open.right) break;
      continue;
    }
    for (const value of values) emit(side, key, value, timestamp, headers);
    waiting.remove(timestamp, side, key);
  }
  waiting.tick({ observed, oldest: end });
};

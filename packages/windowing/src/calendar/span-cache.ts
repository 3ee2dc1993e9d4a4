import type { Span } from '../window-options.js';

/** The number of spans in the cache at most. */
const limit = 512;

/**
 * Caches the spans of a function that is slow to compute them. Spans must not overlap. Nearly every timestamp is in the span
 * of the one before it, and most others are in a cached one.
 */
export const cachedSpans = (find: (timestamp: number) => Span): ((timestamp: number) => readonly [Span]) => {
  let known: (readonly [Span])[] = [];
  let last: readonly [Span] = [{ start: 0, end: 0 }];
  /** The span before the last one, for late records. */
  let other = last;
  const look = (timestamp: number): readonly [Span] => {
    const at = lastBefore(known, timestamp);
    const near = known[at];
    if (near !== undefined && timestamp < near[0].end) return near;
    const found = [find(timestamp)] as const;
    if (known.length >= limit) known = known.slice(limit / 2);
    known.splice(lastBefore(known, timestamp) + 1, 0, found);
    return found;
  };
  return (timestamp) => {
    if (isIn(last[0], timestamp)) return last;
    const before = last;
    last = isIn(other[0], timestamp) ? other : look(timestamp);
    other = before;
    return last;
  };
};

const isIn = ({ start, end }: Span, timestamp: number): boolean => timestamp >= start && timestamp < end;

/** Returns the index of the last span that starts at or before a timestamp; -1 for none. */
const lastBefore = (spans: readonly (readonly [Span])[], timestamp: number): number => {
  let [low, high] = [0, spans.length];
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((spans[middle] as readonly [Span])[0].start <= timestamp) low = middle + 1;
    else high = middle;
  }
  return low - 1;
};

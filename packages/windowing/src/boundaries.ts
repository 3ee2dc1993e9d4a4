import { ConfigError } from '@kstreams/core/graph';
import { window } from './window.js';
import type { Windowing } from './windowing.js';
import type { Span, WindowOptions } from './windows.js';

/** Windows between instants of one's own, with a name after which nodes and stores are named. */
export interface BoundariesOptions<LateKey = unknown, LateValue = unknown> extends WindowOptions<LateKey, LateValue> {
  /** `'boundaries'` unless set. */
  readonly name?: string;
}

/**
 * Windows between instants of one's own: the periods of a 4-4-5 year, the terms of a school. A record before the first or
 * from the last on is in no window, and counted as dropped for `'no-window'`.
 *
 * @example
 * const terms = ['2024-09-02T00:00+02:00', '2024-12-21T00:00+01:00', '2025-03-29T00:00+01:00']
 * visits.groupByKey().window(boundaries(terms, { name: 'terms' })).count()
 *
 * @throws ConfigError when there are fewer than two, or they do not ascend.
 */
export const boundaries = <LateKey = unknown, LateValue = unknown>(
  instants: readonly (number | string | Date)[],
  { name = 'boundaries', ...options }: BoundariesOptions<LateKey, LateValue> = {},
): Windowing<LateKey, LateValue> => {
  const spans = spansBetween(instants.map(instantOf));
  const longest = Math.max(...spans.map(([{ start, end }]) => end - start));
  let last: readonly Span[] = [];
  return window(
    {
      name,
      longest,
      of: (timestamp) => {
        const [near] = last;
        if (near === undefined || timestamp < near.start || timestamp >= near.end) last = search(spans, timestamp);
        return last;
      },
    },
    options,
  );
};

const instantOf = (instant: number | string | Date): number => {
  const zoned = typeof instant !== 'string' || /(?:Z|[+-]\d{2}:?\d{2})$/.test(instant);
  const at = typeof instant === 'number' ? instant : new Date(instant).getTime();
  if (zoned && Number.isSafeInteger(at)) return at;
  throw new ConfigError(`${JSON.stringify(instant)} is no instant: give ms since 1970, or a text with its offset`);
};

const spansBetween = (instants: readonly number[]): readonly (readonly [Span])[] => {
  if (instants.length < 2) throw new ConfigError('windows need two boundaries at least: where one begins and ends');
  return instants.slice(1).map((end, i) => {
    const start = instants[i] as number;
    if (start >= end) throw new ConfigError(`boundaries ascend, but ${start} comes before ${end}: put them in order`);
    return [{ start, end }] as const;
  });
};

const search = (spans: readonly (readonly [Span])[], timestamp: number): readonly Span[] => {
  let [low, high] = [0, spans.length];
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((spans[middle] as readonly [Span])[0].end <= timestamp) low = middle + 1;
    else high = middle;
  }
  const found = spans[low];
  return found !== undefined && found[0].start <= timestamp ? found : [];
};

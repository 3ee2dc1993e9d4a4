import { ConfigError, checkOptions, checkValue, type OptionChecks, option } from '@kstreams/core/graph';
import type { WindowSpec } from '../aggregate/window-spec.js';
import {
  type DeletedOn,
  type Span,
  type WindowEmitStrategy,
  type WindowOptions,
  windowChecks,
} from '../window-options.js';
import { assignedWindows } from './window.js';

/** The options of windows between given instants. */
export interface BoundariesOptions<
  LateKey = unknown,
  LateValue = unknown,
  E extends WindowEmitStrategy = WindowEmitStrategy,
> extends WindowOptions<LateKey, LateValue, E> {
  /** The name of the kind, after which nodes and stores are named; `'boundaries'` unless set. */
  readonly name?: string;
}

const checks: OptionChecks<BoundariesOptions> = { ...windowChecks, name: option.text };

const instantList = option.listOf({ takes: 'an instant', accepts: (value) => value !== undefined });

/**
 * Creates windows between given instants, such as the periods of a 4-4-5 year or the terms of a school. A record before the
 * first instant, or at the last one or later, is dropped and counted as `'no-window'`.
 *
 * @example
 * const terms = ['2024-09-02T00:00+02:00', '2024-12-21T00:00+01:00', '2025-03-29T00:00+01:00']
 * visits.groupByKey().window(boundaries(terms, { name: 'terms' })).count()
 *
 * @throws ConfigError for fewer than two instants, or instants that do not ascend.
 */
export const boundaries = <LateKey = unknown, LateValue = unknown, E extends WindowEmitStrategy = WindowEmitStrategy>(
  instants: readonly (number | string | Date)[],
  options: BoundariesOptions<LateKey, LateValue, E> = {},
): WindowSpec<LateKey, LateValue, DeletedOn<E>> => {
  checkValue('"instants" of boundaries', instants, instantList);
  checkOptions('boundaries', options, checks);
  const spans = spansBetween(instants.map(instantOf));
  const longest = Math.max(...spans.map(([{ start, end }]) => end - start));
  let last: readonly Span[] = [];
  return assignedWindows(
    {
      name: options.name ?? 'boundaries',
      longest,
      of: (timestamp) => {
        const [near] = last;
        if (near === undefined || timestamp < near.start || timestamp >= near.end) last = search(spans, timestamp);
        return last;
      },
    },
    options,
    { closeRetained: false },
  );
};

const instantOf = (instant: number | string | Date): number => {
  const zoned = typeof instant !== 'string' || /(?:Z|[+-]\d{2}:?\d{2})$/.test(instant);
  const at = typeof instant === 'number' ? instant : new Date(instant).getTime();
  if (zoned && Number.isSafeInteger(at)) return at;
  throw new ConfigError(`${JSON.stringify(instant)} is not an instant: give ms since 1970, or a text with an offset`);
};

const spansBetween = (instants: readonly number[]): readonly (readonly [Span])[] => {
  if (instants.length < 2)
    throw new ConfigError('boundaries need at least two instants: the start and end of a window');
  return instants.slice(1).map((end, i) => {
    const start = instants[i] as number;
    if (start >= end) throw new ConfigError(`boundaries must ascend, but ${start} is followed by ${end}: sort them`);
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

import { type Duration, toMilliseconds } from '../graph/duration.js';
import { ConfigError } from '../graph/errors.js';
import type { WindowKey } from '../state/window-key.js';

/** How much a suppression may hold back. */
export interface SuppressionLimits {
  /** How many rows; as many as there are unless set. */
  readonly maxRecords?: number;
  /** How many bytes of keys and values; as many as there are unless set. */
  readonly maxBytes?: number;
}

/** How long a table's updates are held back: what `untilWindowCloses` and `untilTimeLimit` give. */
export interface Suppression<in K> {
  readonly until: 'window-closes' | 'time-limit';
  /** From when on a row waits, in ms. */
  readonly timeOf: (key: K, timestamp: number) => number;
  /** How long it waits; `undefined` for as long as its window may change. */
  readonly wait: number | undefined;
  readonly maxRecords: number;
  readonly maxBytes: number;
  readonly whenFull: 'emit' | 'fail';
}

/**
 * Holds back a window's updates until the window has closed, so that each is told once, as it ended. Windows that were
 * deleted are not told of. Where limits are set and do not suffice, it fails rather than tell of a window early.
 *
 * @example
 * clicks.groupByKey().window(tumbling('1m', { grace: '10s' })).count().suppress(untilWindowCloses())
 */
export const untilWindowCloses = (limits: SuppressionLimits = {}): Suppression<WindowKey<unknown>> => ({
  until: 'window-closes',
  timeOf: ({ end }) => end,
  wait: undefined,
  ...checked(limits),
  whenFull: 'fail',
});

/**
 * Holds back a row's updates for so long after the first of them, by the time of the records that come, and then tells
 * of the last. Where limits are set and do not suffice, what waits longest is told early, or it fails.
 *
 * @example
 * totals.suppress(untilTimeLimit('5s', { maxRecords: 10_000 }))
 */
export const untilTimeLimit = (
  wait: Duration,
  { whenFull = 'emit', ...limits }: SuppressionLimits & { readonly whenFull?: 'emit' | 'fail' } = {},
): Suppression<unknown> => ({
  until: 'time-limit',
  timeOf: (_, timestamp) => timestamp,
  wait: toMilliseconds(wait, 'the time limit of suppress'),
  ...checked(limits),
  whenFull,
});

const checked = ({
  maxRecords = Number.POSITIVE_INFINITY,
  maxBytes = Number.POSITIVE_INFINITY,
}: SuppressionLimits): { readonly maxRecords: number; readonly maxBytes: number } => {
  for (const [name, limit] of Object.entries({ maxRecords, maxBytes })) {
    if (!(limit >= 0) || (Number.isFinite(limit) && !Number.isInteger(limit)))
      throw new ConfigError(`suppress cannot hold ${name}: ${limit}; use a whole number`);
  }
  return { maxRecords, maxBytes };
};

import { ConfigError, type Duration } from '@kstreams/core/graph';
import { ruleWindowing } from './window.js';
import { positive } from './window-kind.js';
import type { Windowing } from './windowing.js';
import type { Span, WindowOptions } from './windows.js';

/**
 * Windows of one size that follow each other without gap or overlap, aligned to 1970-01-01 UTC.
 *
 * @example
 * orders.groupByKey().window(tumbling('5m', { grace: '30s' })).count()
 */
export const tumbling = <LateKey = unknown, LateValue = unknown>(
  size: Duration,
  options: WindowOptions<LateKey, LateValue> = {},
): Windowing<LateKey, LateValue> => {
  const length = positive(size, 'the size of a tumbling window');
  let last: readonly [Span] = [{ start: 0, end: length }];
  return ruleWindowing(
    {
      name: 'tumbling',
      longest: length,
      of: (timestamp) => {
        const [{ start, end }] = last;
        if (timestamp >= start && timestamp < end) return last;
        const begin = timestamp - (timestamp % length);
        last = [{ start: begin, end: begin + length }];
        return last;
      },
    },
    options,
    'held',
  );
};

/** How hopping windows follow each other. */
export interface HoppingOptions<LateKey = unknown, LateValue = unknown> extends WindowOptions<LateKey, LateValue> {
  /** How far apart the windows begin: at most their size. */
  readonly advance: Duration;
}

/**
 * Windows of one size that begin every `advance`, so that they overlap, aligned to 1970-01-01 UTC.
 *
 * @example
 * orders.groupByKey().window(hopping('10m', { advance: '1m' })).count()
 */
export const hopping = <LateKey = unknown, LateValue = unknown>(
  size: Duration,
  { advance, ...options }: HoppingOptions<LateKey, LateValue>,
): Windowing<LateKey, LateValue> => {
  const length = positive(size, 'the size of a hopping window');
  const step = positive(advance, 'the advance of a hopping window');
  if (step > length)
    throw new ConfigError(`hopping windows of ${length} ms cannot begin every ${step} ms: advance at most their size`);
  return ruleWindowing(
    {
      name: 'hopping',
      longest: length,
      of: (timestamp) => {
        const spans: Span[] = [];
        const first = Math.max(0, timestamp - length + step);
        for (let start = first - (first % step); start <= timestamp; start += step)
          spans.push({ start, end: start + length });
        return spans;
      },
    },
    options,
    'held',
  );
};

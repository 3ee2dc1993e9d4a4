import type { Duration } from '@kstreams/core/graph';
import { slidingWindows } from './sliding-windows.js';
import { positive, windowKind } from './window-kind.js';
import { type Windowing, windowing } from './windowing.js';
import type { WindowOptions } from './windows.js';

/**
 * Windows that move with the records: those of a key that lie at most `difference` apart share one, both ends included.
 * There is a window for every distinct set of records, not for every instant.
 *
 * @example
 * readings.groupByKey().window(sliding('5m', { grace: '30s' })).aggregate(() => 0, Math.max, { value: double })
 */
export const sliding = <LateKey = unknown, LateValue = unknown>(
  difference: Duration,
  options: WindowOptions<LateKey, LateValue> = {},
): Windowing<LateKey, LateValue> => {
  const length = positive(difference, 'the difference of sliding windows');
  return windowing(
    windowKind(
      {
        name: 'sliding',
        longest: 2 * length,
        endHeld: 1,
        closes: 'held',
        finds: true,
        nullValues: 'dropped',
        place: slidingWindows(length),
      },
      options,
    ),
  );
};

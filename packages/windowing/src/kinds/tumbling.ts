import {
  ConfigError,
  checkOptions,
  type Duration,
  type OptionChecks,
  option,
  toPositiveMilliseconds,
} from '@kstreams/core/graph';
import type { WindowSpec } from '../aggregate/window-spec.js';
import {
  type DeletedOn,
  type Span,
  type WindowEmitStrategy,
  type WindowOptions,
  windowChecks,
} from '../window-options.js';
import { assignedWindows } from './window.js';

/**
 * Creates windows of one size without gaps or overlaps, aligned to 1970-01-01 UTC.
 *
 * @throws ConfigError for a size of 0 or a bad duration.
 *
 * @example
 * orders.groupByKey().window(tumbling('5m', { grace: '30s' })).count()
 */
export const tumbling = <LateKey = unknown, LateValue = unknown, E extends WindowEmitStrategy = WindowEmitStrategy>(
  size: Duration,
  options: WindowOptions<LateKey, LateValue, E> = {},
): WindowSpec<LateKey, LateValue, DeletedOn<E>> => {
  checkOptions('tumbling', options, windowChecks);
  const length = toPositiveMilliseconds(size, 'the size of a tumbling window');
  let last: readonly [Span] = [{ start: 0, end: length }];
  return assignedWindows(
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
    { closeRetained: true },
  );
};

/** The options of hopping windows. */
export interface HoppingOptions<
  LateKey = unknown,
  LateValue = unknown,
  E extends WindowEmitStrategy = WindowEmitStrategy,
> extends WindowOptions<LateKey, LateValue, E> {
  /** The time between the starts of two windows; at most their size. */
  readonly advance: Duration;
}

const hoppingChecks: OptionChecks<HoppingOptions> = { ...windowChecks, advance: option.required(option.duration) };

/**
 * Creates windows of one size that start every `advance`, so that they overlap, aligned to 1970-01-01 UTC.
 *
 * @throws ConfigError for a size or advance of 0, or an advance longer than the size.
 *
 * @example
 * orders.groupByKey().window(hopping('10m', { advance: '1m' })).count()
 */
export const hopping = <LateKey = unknown, LateValue = unknown, E extends WindowEmitStrategy = WindowEmitStrategy>(
  size: Duration,
  options: HoppingOptions<LateKey, LateValue, E>,
): WindowSpec<LateKey, LateValue, DeletedOn<E>> => {
  checkOptions('hopping', options, hoppingChecks);
  const length = toPositiveMilliseconds(size, 'the size of a hopping window');
  const step = toPositiveMilliseconds(options.advance, 'the advance of a hopping window');
  if (step > length)
    throw new ConfigError(
      `hopping windows of ${length} ms cannot start every ${step} ms: make the advance at most their size`,
    );
  return assignedWindows(
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
    { closeRetained: true },
  );
};

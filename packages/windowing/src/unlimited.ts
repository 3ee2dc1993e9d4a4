import type { EmitStrategy } from '@kstreams/core/dsl';
import { ConfigError } from '@kstreams/core/graph';
import { ruleWindows } from './rule-windows.js';
import { windowKind } from './window-kind.js';
import { type Windowing, windowing } from './windowing.js';
import type { Span } from './windows.js';

/** The end of a window that has none: the last instant that a number tells exactly. */
export const endless = Number.MAX_SAFE_INTEGER;

/**
 * One window for all time, from an instant on: what is older is left out. It never closes, so its results are updates.
 *
 * @example
 * orders.groupByKey().window(unlimited({ from: Date.UTC(2024, 0, 1) })).count()
 */
export const unlimited = ({
  from = 0,
  emit = 'on-update',
}: {
  /** Its start, in ms since 1970; 0 unless set. */
  readonly from?: number;
  readonly emit?: EmitStrategy;
} = {}): Windowing => {
  if (!Number.isSafeInteger(from) || from < 0)
    throw new ConfigError(`an unlimited window cannot start at ${from}: give whole milliseconds since 1970`);
  if (isClosing(emit)) throw new ConfigError('an unlimited window never closes: emit it on update');
  const whole: readonly Span[] = [{ start: from, end: endless }];
  const place = ruleWindows((timestamp) => (timestamp < from ? [] : whole), 'ignored');
  const kind = windowKind({ name: 'unlimited', longest: 0, place }, { emit });
  return windowing({ ...kind, retention: Number.POSITIVE_INFINITY });
};

const isClosing = (emit: unknown): boolean =>
  emit === 'on-close' || (typeof emit === 'object' && emit !== null && 'on' in emit);

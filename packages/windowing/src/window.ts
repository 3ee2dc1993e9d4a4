import { toMilliseconds } from '@kstreams/core/graph';
import { ruleWindows } from './rule-windows.js';
import { windowKind } from './window-kind.js';
import { type Windowing, windowing } from './windowing.js';
import type { WindowOptions, Windows } from './windows.js';

/**
 * Makes a window for `grouped.window(…)` of any rule for what falls where.
 *
 * @example
 * const halves: Windows = {
 *   name: 'halves', longest: 43_200_000,
 *   of: (at) => { const start = Math.floor(at / 43_200_000) * 43_200_000; return [{ start, end: start + 43_200_000 }] },
 * }
 * orders.groupByKey().window(window(halves, { grace: '1m' })).count()
 */
export const window = <LateKey = unknown, LateValue = unknown>(
  rule: Windows,
  options: WindowOptions<LateKey, LateValue> = {},
): Windowing<LateKey, LateValue> => ruleWindowing(rule, options, 'all');

/** Opens a rule; `closes` as of a window store. */
export const ruleWindowing = <LateKey, LateValue>(
  { longest, name, of }: Windows,
  options: WindowOptions<LateKey, LateValue>,
  closes: 'all' | 'held',
): Windowing<LateKey, LateValue> => {
  const length = toMilliseconds(longest, `the longest of ${name} windows`);
  const kind = windowKind({ name, longest: length, closes, place: ruleWindows(of) }, options);
  return Object.assign(windowing<LateKey, LateValue>(kind), { of });
};

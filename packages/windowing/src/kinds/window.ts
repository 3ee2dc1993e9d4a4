import { toMilliseconds } from '@kstreams/core/graph';
import { type WindowStep, windowKind } from '../aggregate/window-kind.js';
import { type WindowSpec, windowSpec } from '../aggregate/window-spec.js';
import type { WindowAssigner, WindowOptions } from '../window-options.js';

/**
 * Creates windows from a custom rule.
 *
 * @throws ConfigError for a bad duration.
 *
 * @example
 * const halves: WindowAssigner = {
 *   name: 'halves', longest: 43_200_000,
 *   of: (at) => { const start = Math.floor(at / 43_200_000) * 43_200_000; return [{ start, end: start + 43_200_000 }] },
 * }
 * orders.groupByKey().window(window(halves, { grace: '1m' })).count()
 */
export const window = <LateKey = unknown, LateValue = unknown>(
  assigner: WindowAssigner,
  options: WindowOptions<LateKey, LateValue> = {},
): WindowSpec<LateKey, LateValue> => assignedWindows(assigner, options, { closeRetained: false });

/** Creates the spec of windows that depend on the timestamp only. */
export const assignedWindows = <LateKey, LateValue>(
  { longest, name, of }: WindowAssigner,
  options: WindowOptions<LateKey, LateValue>,
  traits: { readonly closeRetained: boolean },
): WindowSpec<LateKey, LateValue> => {
  const length = toMilliseconds(longest, `the longest of ${name} windows`);
  const kind = windowKind({ ...traits, name, longest: length, step: assignStep(of) }, options);
  return Object.assign(windowSpec<LateKey, LateValue>(kind), { of });
};

/** Adds a record to the windows of its timestamp. A record without windows is counted as dropped unless `ignored`. */
export const assignStep =
  (of: WindowAssigner['of'], withoutWindow: 'counted' | 'ignored' = 'counted'): WindowStep =>
  (context) => {
    const { rows, sendsOldValues } = context;
    return ({ key, value, timestamp }, { add, init }) => {
      const spans = of(timestamp);
      if (spans.length === 0 && withoutWindow === 'counted') return context.dropWithoutWindow();
      for (const { start, end } of spans) {
        if (context.isClosed(end)) {
          context.dropLate();
          continue;
        }
        const old = rows.get(key, start, end);
        const after = add(rows.getMutable(key, start, end, sendsOldValues) ?? init(), value, key) ?? undefined;
        const at = old === undefined ? timestamp : Math.max(timestamp, old.timestamp);
        // As in Kafka Streams, the old value of a new row is the initial aggregate.
        context.update(start, end, after, at, old === undefined ? init() : old.value);
      }
    };
  };

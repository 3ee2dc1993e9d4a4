import { ConfigError, checkOptions, checkValue, option, toMilliseconds } from '@kstreams/core/graph';
import { type WindowStep, windowKind } from '../aggregate/window-kind.js';
import { type WindowSpec, windowSpec } from '../aggregate/window-spec.js';
import {
  type DeletedOn,
  type Span,
  type WindowAssigner,
  type WindowEmitStrategy,
  type WindowOptions,
  windowChecks,
} from '../window-options.js';

/**
 * Creates windows from a custom rule. A record fails if the rule returns a window that does not include its timestamp, is
 * longer than `longest`, or is out of order.
 *
 * @throws ConfigError for a bad duration, or windows that never close.
 *
 * @example
 * const halves: WindowAssigner = {
 *   name: 'halves', longest: 43_200_000,
 *   of: (at) => { const start = Math.floor(at / 43_200_000) * 43_200_000; return [{ start, end: start + 43_200_000 }] },
 * }
 * orders.groupByKey().window(window(halves, { grace: '1m' })).count()
 */
export const window = <LateKey = unknown, LateValue = unknown, E extends WindowEmitStrategy = WindowEmitStrategy>(
  assigner: WindowAssigner,
  options: WindowOptions<LateKey, LateValue, E> = {},
): WindowSpec<LateKey, LateValue, DeletedOn<E>> => {
  checkValue('"assigner" of window', assigner, option.having('an object with { name, of, longest }', 'of'));
  checkOptions('window', options, windowChecks);
  const { longest, name } = assigner;
  if (Number.isFinite(longest) && longest > farthestInstant)
    throw new ConfigError(`${name} windows of ${longest} ms never close: make them shorter, or use unlimited()`);
  return assignedWindows({ ...assigner, of: checkedSpans(assigner) }, options, { closeRetained: false });
};

/** The largest instant of a `Date`, in ms. */
const farthestInstant = 8_640_000_000_000_000;

/** Returns the rule with a check of its windows, which could otherwise lose records or count them twice. */
const checkedSpans = ({ longest, name, of }: WindowAssigner): WindowAssigner['of'] => {
  const refuse = (timestamp: number, { start, end }: Span, mend: string): never => {
    throw new ConfigError(
      `the rule of ${name} windows returned ${start} to ${end} for timestamp ${timestamp}: ${mend}`,
    );
  };
  return (timestamp) => {
    const spans = of(timestamp);
    let before: Span | undefined;
    for (const span of spans) {
      const { start, end } = span;
      if (!Number.isSafeInteger(start) || !Number.isSafeInteger(end))
        refuse(timestamp, span, 'use whole milliseconds since 1970');
      if (start > timestamp || end <= timestamp) refuse(timestamp, span, 'the window must include the timestamp');
      if (end - start > longest) refuse(timestamp, span, `the longest window was given as ${longest} ms`);
      if (before !== undefined && (before.start > start || (before.start === start && before.end >= end)))
        refuse(timestamp, span, 'order the windows by their start, each once');
      before = span;
    }
    return spans;
  };
};

/** Creates the spec of windows that depend on the timestamp only. */
export const assignedWindows = <LateKey, LateValue, E extends WindowEmitStrategy>(
  { longest, name, of }: WindowAssigner,
  options: WindowOptions<LateKey, LateValue, E>,
  traits: { readonly closeRetained: boolean },
): WindowSpec<LateKey, LateValue, DeletedOn<E>> => {
  const length = toMilliseconds(longest, `the longest of ${name} windows`);
  const kind = windowKind({ ...traits, name, longest: length, step: assignStep(of) }, options);
  return Object.assign(windowSpec<LateKey, LateValue, DeletedOn<E>>(kind), { of });
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
        const before = sendsOldValues ? rows.get(key, start, end)?.value : undefined;
        const at = Math.max(timestamp, rows.timestamp(key, start, end) ?? timestamp);
        const after = add(rows.getMutable(key, start, end) ?? init(), value, key) ?? undefined;
        context.update(start, end, after, at, before);
      }
    };
  };

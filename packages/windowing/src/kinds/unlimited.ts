import { type EmitStrategy, emitChecks } from '@kstreams/core/dsl';
import { checkOptions, type OptionChecks, option } from '@kstreams/core/graph';
import { windowKind } from '../aggregate/window-kind.js';
import { type WindowSpec, windowSpec } from '../aggregate/window-spec.js';
import type { Span } from '../window-options.js';
import { assignStep } from './window.js';

/** The end of the unlimited window: the largest safe integer. */
export const endless = Number.MAX_SAFE_INTEGER;

/** The options of the unlimited window. */
export interface UnlimitedOptions {
  /** The start of the window, in ms since 1970; 0 unless set. */
  readonly from?: number;
  readonly emit?: EmitStrategy;
}

const checks: OptionChecks<UnlimitedOptions> = {
  from: { takes: option.instant.takes, accepts: option.whole(0).accepts },
  emit: {
    ...emitChecks.emit,
    takes: `${emitChecks.emit.takes}, since an unlimited window never closes`,
    accepts: (value) =>
      emitChecks.emit.accepts(value) && !(typeof value === 'object' && value !== null && 'on' in value),
  },
};

/**
 * Creates one window for all time from `from` on; older records are left out. It never closes, so it emits on update.
 *
 * @throws ConfigError for a start that is negative or no whole number of ms, or for `emit: 'on-close'`.
 *
 * @example
 * orders.groupByKey().window(unlimited({ from: Date.UTC(2024, 0, 1) })).count()
 */
export const unlimited = (options: UnlimitedOptions = {}): WindowSpec => {
  checkOptions('unlimited', options, checks);
  const { from = 0, emit } = options;
  const whole: readonly Span[] = [{ start: from, end: endless }];
  const step = assignStep((timestamp) => (timestamp < from ? [] : whole), 'ignored');
  const kind = windowKind({ name: 'unlimited', longest: 0, step }, { emit });
  return windowSpec({ ...kind, grace: Number.POSITIVE_INFINITY, retention: Number.POSITIVE_INFINITY });
};

import type { EmitStrategy } from '@kstreams/core/dsl';
import { ConfigError, type StreamRecord, toMilliseconds, toPositiveMilliseconds } from '@kstreams/core/graph';
import type { WindowOrder } from '../stores/window-row-key.js';
import type { LateTopic, WindowEmitStrategy, WindowOptions } from '../window-options.js';
import type { WindowContext } from './window-context.js';

/** The aggregator of a window's values. A null or undefined aggregate deletes the row. */
export interface Aggregation<K, V, A> {
  /** Returns the aggregate before the first value; `undefined` for a reducer. */
  readonly init: () => A | undefined;
  /** Returns the aggregate with a value added. */
  readonly add: (aggregate: A | undefined, value: V, key: K) => A | null | undefined;
  /** Returns one aggregate of two, for windows that merge. */
  readonly merge?: (left: A | undefined, right: A, key: K) => A | null | undefined;
}

/** The processing of a record: assigns it to windows and updates their aggregates. Opened once per task. */
export type WindowStep = <K, V, A>(
  context: WindowContext<K, A>,
) => (record: StreamRecord<K, V>, aggregation: Aggregation<K, V, A>) => void;

/** A kind of windows with all its options; durations in ms. */
export interface WindowKind {
  /** The kind of windows. Nodes and stores are named after it. */
  readonly name: string;
  readonly emit: 'on-update' | 'on-close';
  /** The emit strategy of the table, for windows that emit on update. */
  readonly emitStrategy: EmitStrategy | undefined;
  /** The idle time after which all windows close. */
  readonly idleAfter: number | undefined;
  /** The time by which the wall clock has to be past a window's close, so that it closes without a later record. */
  readonly wallClock: number | undefined;
  readonly late: LateTopic<never, never> | undefined;
  /** The time after its end at which a window closes. */
  readonly grace: number;
  readonly retention: number;
  /** True when a window includes its end; it then closes one ms later. */
  readonly endInclusive: boolean;
  /** The bound of a window that orders the store. */
  readonly by: WindowOrder;
  /** True when only windows within the retention are emitted on close, even if time jumps past it. */
  readonly closeRetained: boolean;
  /** True when the store keeps an index to find the windows of a key by time. */
  readonly indexed: boolean;
  readonly nullValues: 'taken' | 'dropped';
  readonly step: WindowStep;
}

/** The traits of a kind of windows that no option changes. */
export type WindowTraits = Pick<WindowKind, 'name' | 'step'> &
  Partial<Pick<WindowKind, 'endInclusive' | 'by' | 'closeRetained' | 'indexed' | 'nullValues'>> & {
    /** The time before its position in the store from which a window may take records, in ms. */
    readonly longest: number;
    /** The time added to the grace, in ms; 0 unless set. */
    readonly gap?: number;
  };

type OnClose = Extract<WindowEmitStrategy, { readonly on: 'close' }>;

/**
 * Creates a kind of windows from its traits and the user's options.
 *
 * @throws ConfigError for a bad duration, or a retention shorter than the windows and their grace.
 */
export const windowKind = (traits: WindowTraits, options: WindowOptions<never, never>): WindowKind => {
  const { gap = 0, longest, name } = traits;
  const grace = toMilliseconds(options.grace ?? 0, `the grace of ${name} windows`);
  const needed = longest + grace;
  const retention =
    options.retention === undefined ? needed : toMilliseconds(options.retention, `the retention of ${name} windows`);
  if (retention < needed) {
    throw new ConfigError(
      `${name} windows are kept for ${retention} ms but take records for ${needed} ms ` +
        `(size and grace): make the retention at least that long`,
    );
  }
  const { emit = 'on-update', late = 'drop' } = options;
  const onClose: OnClose | undefined =
    emit === 'on-close' ? { on: 'close' } : typeof emit === 'object' && 'on' in emit ? emit : undefined;
  const { idleAfter, wallClock } = onClose ?? {};
  return {
    endInclusive: false,
    by: 'start',
    closeRetained: false,
    indexed: false,
    nullValues: 'taken',
    ...traits,
    emit: onClose === undefined ? 'on-update' : 'on-close',
    emitStrategy: onClose === undefined ? (emit as EmitStrategy) : undefined,
    idleAfter:
      idleAfter === undefined ? undefined : toPositiveMilliseconds(idleAfter, `the idle time of ${name} windows`),
    wallClock:
      wallClock === undefined ? undefined : toMilliseconds(wallClock, `the wall-clock time of ${name} windows`),
    late: late === 'drop' ? undefined : late.to,
    grace: grace + gap,
    retention,
  };
};

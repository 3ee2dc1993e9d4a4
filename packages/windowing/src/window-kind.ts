import type { EmitStrategy } from '@kstreams/core/dsl';
import { ConfigError, type StreamRecord, toMilliseconds } from '@kstreams/core/graph';
import type { WindowOrder } from '@kstreams/core/state';
import type { WindowTable } from './window-table.js';
import type { LateTopic, WindowOptions } from './windows.js';

/** How values become an aggregate. Null or undefined deletes it. */
export interface Aggregation<K, V, A> {
  /** What there is before the first value: nothing, for a reducer. */
  readonly begin: () => A | undefined;
  readonly add: (so: A | undefined, value: V, key: K) => A | null | undefined;
  /** One aggregate of two, for windows that merge. */
  readonly merge?: (left: A | undefined, right: A, key: K) => A | null | undefined;
}

/** Does with a record what its windows ask for. */
export type Place = <K, V, A>(
  table: WindowTable<K, A>,
) => (record: StreamRecord<K, V>, aggregation: Aggregation<K, V, A>) => void;

/** A kind of windows once all about it is known; durations in ms. */
export interface WindowKind {
  /** What it is: nodes and stores are named after it. */
  readonly name: string;
  readonly emit: 'on-update' | 'on-close';
  /** When updates are handed on, where windows are emitted on update. */
  readonly emission: EmitStrategy | undefined;
  /** How long a silence closes all windows. */
  readonly idleAfter: number | undefined;
  readonly late: LateTopic<never, never> | undefined;
  /** How long after its end a window closes. */
  readonly grace: number;
  readonly retention: number;
  /** 1 where a window holds its end, so that it closes a millisecond later; else 0. */
  readonly endHeld: 0 | 1;
  /** Which bound of a window is its place in the store. */
  readonly by: WindowOrder;
  /** Whether a window is emitted on close also where time jumps past its retention. */
  readonly closes: 'all' | 'held';
  /** Whether a key's windows are looked for by time. */
  readonly finds: boolean;
  readonly nullValues: 'taken' | 'dropped';
  readonly place: Place;
}

/** What a kind of windows is, apart from the options of the user. */
export type KindRule = Pick<WindowKind, 'name' | 'place'> &
  Partial<Pick<WindowKind, 'endHeld' | 'by' | 'closes' | 'finds' | 'nullValues'>> & {
    /** How far back from its place a window may take records, in ms. */
    readonly longest: number;
    /** How long after its end and grace a window still closes, in ms; 0 unless set. */
    readonly gap?: number;
  };

/** A kind of windows with the options of the user. */
export const windowKind = (rule: KindRule, options: WindowOptions<never, never>): WindowKind => {
  const { gap = 0, longest, name } = rule;
  const own = toMilliseconds(options.grace ?? 0, `the grace of ${name} windows`);
  const needed = longest + own;
  const retention =
    options.retention === undefined ? needed : toMilliseconds(options.retention, `the retention of ${name} windows`);
  if (retention < needed) {
    throw new ConfigError(
      `${name} windows are kept for ${retention} ms but take records for ${needed} ms ` +
        `(size and grace): make the retention at least that long`,
    );
  }
  const { emit = 'on-update', late = 'drop' } = options;
  const emission = emit === 'on-close' || (typeof emit === 'object' && 'on' in emit) ? undefined : emit;
  const idleAfter = typeof emit === 'object' && 'on' in emit ? emit.idleAfter : undefined;
  return {
    endHeld: 0,
    by: 'start',
    closes: 'all',
    finds: false,
    nullValues: 'taken',
    ...rule,
    emit: emission === undefined ? 'on-close' : 'on-update',
    emission,
    idleAfter: idleAfter === undefined ? undefined : toMilliseconds(idleAfter, `the idle time of ${name} windows`),
    late: late === 'drop' ? undefined : late.to,
    grace: own + gap,
    retention,
  };
};

/** A length of time that is not 0, in ms. */
export const positive = (duration: Parameters<typeof toMilliseconds>[0], what: string): number => {
  const length = toMilliseconds(duration, what);
  if (length === 0) throw new ConfigError(`${what} is 0: make it longer`);
  return length;
};

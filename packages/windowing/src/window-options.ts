import type { EmitStrategy } from '@kstreams/core/dsl';
import { type Duration, type Encoder, type OptionCheck, type OptionChecks, option } from '@kstreams/core/graph';
import type { Span } from './stores/span-runs.js';

export type { Span } from './stores/span-runs.js';

/** The time at which a windowed table forwards results: as any other table, or once per window, when it closes. */
export type WindowEmitStrategy =
  | EmitStrategy
  | 'on-close'
  | {
      readonly on: 'close';
      /** Also closes all windows after that much wall-clock time without a record. */
      readonly idleAfter?: Duration;
      /**
       * Also closes a window when the wall clock is past its end and grace by that much, and the records written until then
       * are processed. Records that come later are late.
       */
      readonly wallClock?: Duration;
    };

/** `never` for windows that emit on close only, and so are never deleted; else `null`. */
export type DeletedOn<E> = E extends 'on-close' | { readonly on: 'close' } ? never : null;

/** A topic for late records, with encoders of their keys and values. */
export interface LateTopic<K, V> {
  readonly name: string;
  readonly key: Encoder<K>;
  readonly value: Encoder<V>;
}

/** The options of every kind of windows. */
export interface WindowOptions<
  LateKey = unknown,
  LateValue = unknown,
  E extends WindowEmitStrategy = WindowEmitStrategy,
> {
  /** The time after its end during which a window takes late records, by stream time; 0 unless set. */
  readonly grace?: Duration;
  /** `'on-update'` unless set. A window closes when stream time reaches its end plus grace. */
  readonly emit?: E;
  /** The time that windows are kept, from their start. At least until they close, which is the default. */
  readonly retention?: Duration;
  /**
   * The treatment of records with a closed window. They are dropped and counted as `'late'`. With a topic they are also
   * written there unchanged, once however many of their windows are closed. `'drop'` unless set.
   */
  readonly late?: 'drop' | { readonly to: LateTopic<LateKey, LateValue> };
}

const lateTopic: OptionCheck = {
  takes: option.topic.takes,
  accepts: (value) => option.sink.accepts(value) && !('choose' in (value as object)),
};

/** The checks of {@link WindowOptions}. */
export const windowChecks: OptionChecks<WindowOptions> = {
  grace: option.duration,
  emit: option.oneOf<WindowEmitStrategy>(
    'on-update',
    'on-commit',
    'on-close',
    { every: option.required(option.duration) },
    { on: option.required(option.oneOf<'close'>('close')), idleAfter: option.duration, wallClock: option.duration },
  ),
  retention: option.duration,
  late: option.oneOf<NonNullable<WindowOptions['late']>>('drop', { to: option.required(lateTopic) }),
};

/** A custom rule that assigns windows to timestamps, for `window`. */
export interface WindowAssigner {
  /** The kind of windows. Nodes and stores are named after it. */
  readonly name: string;
  /** Returns the windows of a timestamp, in ascending order of their start. A record without windows is dropped. */
  readonly of: (timestamp: number) => readonly Span[];
  /** The longest span, in ms. The retention follows from it. */
  readonly longest: number;
}

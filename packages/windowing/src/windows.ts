import type { EmitStrategy } from '@kstreams/core/dsl';
import type { Duration, Encoder } from '@kstreams/core/graph';
import type { Span } from './stores/span-runs.js';

export type { Span } from './stores/span-runs.js';

/**
 * When a windowed table says something: as any other table, with every record, before each commit or every so long; or
 * once per window when it is closed. With `idleAfter` windows also close once nothing came for that long on the wall clock.
 */
export type Emit = EmitStrategy | 'on-close' | { readonly on: 'close'; readonly idleAfter?: Duration };

/** A topic that can take late records as they were: whatever writes their keys and values. */
export interface LateTopic<K, V> {
  readonly name: string;
  readonly key: Encoder<K>;
  readonly value: Encoder<V>;
}

/** What all kinds of windows have in common. */
export interface WindowOptions<LateKey = unknown, LateValue = unknown> {
  /** How long after its end a window still takes records that are late; 0 unless set. */
  readonly grace?: Duration;
  /** `'on-update'` unless set. A window closes when stream time reaches its end plus grace. */
  readonly emit?: Emit;
  /** How long windows are kept, from their start; at least until they close, which it is unless set. */
  readonly retention?: Duration;
  /**
   * What becomes of a record that comes when a window of it has closed: it is dropped and counted, and with a topic also
   * written there as it was, once, however many of its windows are closed.
   */
  readonly late?: 'drop' | { readonly to: LateTopic<LateKey, LateValue> };
}

/**
 * A rule for what falls where: all that a kind of windows of one's own has to say.
 */
export interface Windows {
  /** What it is: nodes and stores are named after it. */
  readonly name: string;
  /** The windows of a timestamp, in ascending order of their start; none leaves the record out. */
  readonly of: (timestamp: number) => readonly Span[];
  /** The longest span, in ms, from which the retention follows. */
  readonly longest: number;
}

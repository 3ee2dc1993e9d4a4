import type { Duration } from '@kstreams/core';

/** A span of time, from `start` to before `end`, in ms since 1970. */
export interface Span {
  readonly start: number;
  readonly end: number;
}

/** When a windowed table says something: with every record, or once per window when it is closed. */
export type Emit = 'on-update' | 'on-close';

/** What all kinds of windows have in common. */
export interface WindowOptions {
  /** How long after its end a window still takes records that are late; 0 unless set. */
  readonly grace?: Duration;
  /** `'on-update'` unless set. A window closes when stream time reaches its end plus grace. */
  readonly emit?: Emit;
  /** How long windows are kept, from their start; at least until they close, which it is unless set. */
  readonly retention?: Duration;
}

/**
 * A kind of windows: in which of them a timestamp falls. All that a window of one's own has to say.
 */
export interface Windows {
  /** What it is: nodes and stores are named after it. */
  readonly name: string;
  /** The windows of a timestamp, in ascending order of their start. */
  readonly of: (timestamp: number) => readonly Span[];
  /** The longest span, in ms, from which the retention follows. */
  readonly longest: number;
}

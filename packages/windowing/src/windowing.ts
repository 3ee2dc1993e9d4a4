import type { CogroupedStream, GroupedStream, Span } from '@kstreams/core';
import type { WindowKind } from './window-kind.js';
import { WindowedCogroup } from './windowed-cogroup.js';
import { WindowedStream } from './windowed-stream.js';

/**
 * A kind of windows with its options: what `grouped.window(…)` and `cogrouped.window(…)` take. Where late records go to a
 * topic, their keys and values must be such as it takes.
 */
export interface Windowing<in LateKey = unknown, in LateValue = unknown> {
  <K extends LateKey | null | undefined, V extends LateValue | null | undefined>(
    group: GroupedStream<K, V>,
  ): WindowedStream<K, V>;
  readonly cogrouped: <K extends LateKey | null | undefined, V extends LateValue | null | undefined, A>(
    group: CogroupedStream<K, V, A>,
  ) => WindowedCogroup<K, V, A>;
}

/** Windows by a rule, which also tell it: with them a view is asked for the window of an instant. */
export interface RuleWindowing<in LateKey = unknown, in LateValue = unknown> extends Windowing<LateKey, LateValue> {
  /** The windows of an instant, by their start. */
  readonly of: (timestamp: number) => readonly Span[];
}

/** Opens a kind of windows as what the chain takes. */
export const windowing = <LateKey, LateValue>(kind: WindowKind): Windowing<LateKey, LateValue> =>
  Object.assign(<K, V>(group: GroupedStream<K, V>) => new WindowedStream(group, kind), {
    cogrouped: <K, V, A>(group: CogroupedStream<K, V, A>) => new WindowedCogroup(group, kind),
  });

import { CogroupedStream, type Grouped, type GroupedStream } from '@kstreams/core/dsl';
import type { Span } from './stores/span-runs.js';
import type { WindowKind } from './window-kind.js';
import { WindowedCogroup } from './windowed-cogroup.js';
import { WindowedStream } from './windowed-stream.js';

/** Groups cut into windows. */
export type WindowedOf<G> =
  G extends GroupedStream<infer K, infer V>
    ? WindowedStream<K, V>
    : G extends CogroupedStream<infer K, infer V, infer A>
      ? WindowedCogroup<K, V, A>
      : never;

/**
 * A kind of windows with its options: what `window(…)` of grouped and cogrouped streams takes. Where late records go to a
 * topic, their keys and values must be such as it takes.
 */
export interface Windowing<LateKey = unknown, LateValue = unknown> {
  <G extends Grouped<LateKey | null | undefined, LateValue | null | undefined>>(group: G): WindowedOf<G>;
  /** The windows of an instant, where they follow from it alone: with them a view is asked for the window of now. */
  readonly of?: (timestamp: number) => readonly Span[];
}

/** Opens a kind of windows as what the chain takes. */
export const windowing = <LateKey, LateValue>(kind: WindowKind): Windowing<LateKey, LateValue> =>
  ((group: GroupedStream<unknown, unknown> | CogroupedStream<unknown, unknown, unknown>) =>
    group instanceof CogroupedStream ? new WindowedCogroup(group, kind) : new WindowedStream(group, kind)) as Windowing<
    LateKey,
    LateValue
  >;

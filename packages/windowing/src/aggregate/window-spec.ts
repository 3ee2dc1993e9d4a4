import { CogroupedStream, type Grouped, type GroupedStream } from '@kstreams/core/dsl';
import type { Span } from '../window-options.js';
import type { WindowKind } from './window-kind.js';
import { WindowedCogroup } from './windowed-cogroup.js';
import { WindowedStream } from './windowed-stream.js';

/** Grouped or cogrouped streams, cut into windows. */
export type WindowedOf<G, D extends null = null> =
  G extends GroupedStream<infer K, infer V>
    ? WindowedStream<K, V, D>
    : G extends CogroupedStream<infer K, infer V, infer A>
      ? WindowedCogroup<K, V, A, D>
      : never;

/**
 * A kind of windows with its options: the argument of `grouped.window(…)`. With a topic for late records, their keys and
 * values must fit its encoders. D is `never` for windows that emit on close only.
 */
export interface WindowSpec<LateKey = unknown, LateValue = unknown, out D extends null = null> {
  <G extends Grouped<LateKey | null | undefined, LateValue | null | undefined>>(group: G): WindowedOf<G, D>;
  /** Returns the windows of a timestamp, such as the current one for a query; absent if they depend on records. */
  readonly of?: (timestamp: number) => readonly Span[];
}

/** Creates the spec of a kind of windows. */
export const windowSpec = <LateKey, LateValue, D extends null = null>(
  kind: WindowKind,
): WindowSpec<LateKey, LateValue, D> =>
  ((group: GroupedStream<unknown, unknown> | CogroupedStream<unknown, unknown, unknown>) =>
    group instanceof CogroupedStream
      ? new WindowedCogroup(group, kind)
      : new WindowedStream(group, kind)) as WindowSpec<LateKey, LateValue, D>;

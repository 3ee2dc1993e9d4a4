import { CogroupedStream, type Grouped, type GroupedStream } from '@kstreams/core/dsl';
import { type Duration, toMilliseconds } from '@kstreams/core/graph';
import { SessionCogroup } from './session-cogroup.js';
import { SessionStream } from './session-stream.js';
import { sessionWindows } from './session-windows.js';
import { type WindowKind, windowKind } from './window-kind.js';
import type { WindowOptions } from './windows.js';

/** Groups cut into sessions. */
export type SessionsOf<G> =
  G extends GroupedStream<infer K, infer V>
    ? SessionStream<K, V>
    : G extends CogroupedStream<infer K, infer V, infer A>
      ? SessionCogroup<K, V, A>
      : never;

/** Sessions with their options: what `window(…)` of grouped and cogrouped streams takes. */
export type Sessions<LateKey = unknown, LateValue = unknown> = <
  G extends Grouped<LateKey | null | undefined, LateValue | null | undefined>,
>(
  group: G,
) => SessionsOf<G>;

/**
 * Windows of activity: records of a key belong together as long as each comes at most `gap` after, or before, another.
 * A session reaches from its first record to its last, both included, so one of a single record starts and ends with it.
 *
 * @example
 * clicks.groupByKey().window(session('30m', { grace: '5m', emit: 'on-close' })).count()
 */
export const session = <LateKey = unknown, LateValue = unknown>(
  gap: Duration,
  options: WindowOptions<LateKey, LateValue> = {},
): Sessions<LateKey, LateValue> => {
  const length = toMilliseconds(gap, 'the gap of sessions');
  const kind: WindowKind = windowKind(
    {
      name: 'session',
      longest: length,
      gap: length,
      endHeld: 1,
      by: 'end',
      finds: true,
      place: sessionWindows(length),
    },
    options,
  );
  return ((group: GroupedStream<unknown, unknown> | CogroupedStream<unknown, unknown, unknown>) =>
    group instanceof CogroupedStream ? new SessionCogroup(group, kind) : new SessionStream(group, kind)) as Sessions<
    LateKey,
    LateValue
  >;
};

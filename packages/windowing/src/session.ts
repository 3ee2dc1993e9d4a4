import { type CogroupedStream, type Duration, type GroupedStream, toMilliseconds } from '@kstreams/core';
import { SessionCogroup } from './session-cogroup.js';
import { SessionStream } from './session-stream.js';
import { sessionWindows } from './session-windows.js';
import { type WindowKind, windowKind } from './window-kind.js';
import type { WindowOptions } from './windows.js';

/** Sessions with their options: what `grouped.window(…)` and `cogrouped.window(…)` take. */
export interface Sessions<in LateKey = unknown, in LateValue = unknown> {
  <K extends LateKey | null | undefined, V extends LateValue | null | undefined>(
    group: GroupedStream<K, V>,
  ): SessionStream<K, V>;
  readonly cogrouped: <K extends LateKey | null | undefined, V extends LateValue | null | undefined, A>(
    group: CogroupedStream<K, V, A>,
  ) => SessionCogroup<K, V, A>;
}

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
  return Object.assign(<K, V>(group: GroupedStream<K, V>) => new SessionStream(group, kind), {
    cogrouped: <K, V, A>(group: CogroupedStream<K, V, A>) => new SessionCogroup(group, kind),
  });
};

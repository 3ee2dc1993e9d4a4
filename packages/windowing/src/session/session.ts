import { CogroupedStream, type Grouped, type GroupedStream } from '@kstreams/core/dsl';
import { checkOptions, type Duration, toMilliseconds } from '@kstreams/core/graph';
import { type WindowKind, windowKind } from '../aggregate/window-kind.js';
import { type DeletedOn, type WindowEmitStrategy, type WindowOptions, windowChecks } from '../window-options.js';
import { SessionCogroup } from './session-cogroup.js';
import { sessionStep } from './session-step.js';
import { SessionStream } from './session-stream.js';

/** Grouped or cogrouped streams, cut into sessions. */
export type SessionsOf<G, D extends null = null> =
  G extends GroupedStream<infer K, infer V>
    ? SessionStream<K, V, D>
    : G extends CogroupedStream<infer K, infer V, infer A>
      ? SessionCogroup<K, V, A, D>
      : never;

/** Sessions with their options: the argument of `grouped.window(…)`. D is `never` for sessions that emit on close only. */
export type Sessions<LateKey = unknown, LateValue = unknown, D extends null = null> = <
  G extends Grouped<LateKey | null | undefined, LateValue | null | undefined>,
>(
  group: G,
) => SessionsOf<G, D>;

/**
 * Creates windows of activity: records of a key share a session while each is at most `gap` from another. A session spans
 * its first to its last record, both included, so a session of one record starts and ends with it. With a gap of 0, the
 * records of one timestamp share a session.
 *
 * @throws ConfigError for a bad duration.
 *
 * @example
 * clicks.groupByKey().window(session('30m', { grace: '5m', emit: 'on-close' })).count()
 */
export const session = <LateKey = unknown, LateValue = unknown, E extends WindowEmitStrategy = WindowEmitStrategy>(
  gap: Duration,
  options: WindowOptions<LateKey, LateValue, E> = {},
): Sessions<LateKey, LateValue, DeletedOn<E>> => {
  checkOptions('session', options, windowChecks);
  const length = toMilliseconds(gap, 'the gap of sessions');
  const kind: WindowKind = windowKind(
    {
      name: 'session',
      // One ms longer than a gap of 0, so that a session of one timestamp is still found by its own records.
      longest: Math.max(1, length),
      gap: length,
      endInclusive: true,
      by: 'end',
      indexed: true,
      step: sessionStep(length),
    },
    options,
  );
  return ((group: GroupedStream<unknown, unknown> | CogroupedStream<unknown, unknown, unknown>) =>
    group instanceof CogroupedStream ? new SessionCogroup(group, kind) : new SessionStream(group, kind)) as Sessions<
    LateKey,
    LateValue,
    DeletedOn<E>
  >;
};

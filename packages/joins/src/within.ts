import { keyedEdge, type StreamJoinCondition, serdeOf, stepName } from '@kstreams/core/dsl';
import {
  ConfigError,
  checkAbsent,
  checkOptions,
  checkValue,
  type Duration,
  type OptionCheck,
  type OptionChecks,
  option,
  toMilliseconds,
  toPositiveMilliseconds,
} from '@kstreams/core/graph';
import { selfJoinNode } from './self-join.js';
import { joinBuffer } from './stores/join-buffer.js';
import { unmatched } from './stores/unmatched.js';
import { type JoinClosing, type JoinWindow, streamJoinNode } from './stream-join.js';

/** The options of every join of two streams. */
export interface WithinOptions {
  /** The time an unmatched record waits after its window, by stream time; 0 unless set. */
  readonly grace?: Duration;
  /** Left and outer joins also emit all unmatched records after that much wall-clock time without a record. */
  readonly idleAfter?: Duration;
  /**
   * Left and outer joins also emit an unmatched record when the wall clock is past its window and grace by that much, and the
   * records written until then are processed. Later records are not joined with it.
   */
  readonly wallClock?: Duration;
  /**
   * The plan of a join of a stream with itself. `'as-two'` unless set: a buffer for each side, as for two streams.
   * `'as-one'`: one buffer, where a record always matches itself, so left and outer joins are inner ones.
   */
  readonly self?: 'as-two' | 'as-one';
}

/** The time between two joined records, seen from the left one. */
export interface Within extends WithinOptions {
  /** The most that the right record may be earlier; 0 unless set. Negative ms require it to be later by that much. */
  readonly before?: Duration;
  /** The most that the right record may be later; 0 unless set. Negative ms require it to be earlier by that much. */
  readonly after?: Duration;
}

/** A duration, or negative whole milliseconds. */
const bound: OptionCheck = {
  takes: option.duration.takes,
  accepts: (value) => option.duration.accepts(value) || Number.isSafeInteger(value),
};

const optionChecks: OptionChecks<WithinOptions> = {
  grace: option.duration,
  idleAfter: option.duration,
  wallClock: option.duration,
  self: option.oneOf<NonNullable<WithinOptions['self']>>('as-two', 'as-one'),
};

const windowChecks: OptionChecks<Within> = { ...optionChecks, before: bound, after: bound };

/**
 * Creates the condition that joins a left and a right record with equal keys and timestamps within a time, bounds included.
 * As in Kafka Streams, each side keeps its records for `before + after + grace`, so `within(0)` without a grace matches
 * nothing.
 *
 * @throws ConfigError for a bad duration, for options beside an object of bounds, or if `before` and `after` add up to less than 0.
 *
 * @example
 * orders.join(payments, within('10m'), (order, payment) => ({ ...order, payment }))
 * orders.leftJoin(payments, within({ after: '1h', grace: '5m' }), (order, payment) => payment?.amount ?? 0)
 * orders.leftJoin(payments, within('10m', { wallClock: '1m' }), (order, payment) => payment?.amount ?? 'unpaid')
 */
export function within(distance: Duration, options?: WithinOptions): StreamJoinCondition;
export function within(window: Within): StreamJoinCondition;
export function within(distance: Duration | Within, options?: WithinOptions): StreamJoinCondition {
  const isWindow = typeof distance === 'object';
  if (isWindow) {
    checkOptions('within', distance, windowChecks);
    checkAbsent('the second argument of within', options, 'put its members into the first one');
  } else {
    checkValue('"distance" of within', distance, bound);
    checkOptions('within', options === undefined ? {} : options, optionChecks);
  }
  const given = isWindow ? distance : { before: distance, after: distance };
  const { self = 'as-two', ...times } = { ...given, ...options };
  const window = windowOf(times);
  const closing = closingOf(times);
  return {
    name: 'within',
    of: 'streams',
    join: ({ kind, left, right, rightIs, joiner, name }) => {
      if (rightIs !== 'stream')
        throw new ConfigError('within(…) joins two streams: a join with a table takes no time, so leave it out');
      if (self === 'as-one' && left.node !== right.node)
        throw new ConfigError("self: 'as-one' joins a stream with itself, but these are two streams: leave it out");
      for (const [option, time] of Object.entries(closing)) {
        if (time !== undefined && (kind === 'inner' || self === 'as-one'))
          throw new ConfigError(
            `${option} emits unmatched records, but this join has none: use it in a left or outer join of two streams`,
          );
      }
      const { chain } = left;
      const { id, named } = stepName(chain, kind === 'inner' ? 'join' : `${kind}-join`, name);
      const key = serdeOf(left, 'key', id, 'key');
      const [leftValue, rightValue] = [
        serdeOf(left, 'value', id, 'left value'),
        serdeOf(right, 'value', id, 'right value'),
      ];
      const retention = window.before + window.after + window.grace;
      if (self === 'as-one') {
        const buffer = joinBuffer(id, { key, value: leftValue, retention, named });
        chain.graph.append(selfJoinNode({ id, kind, window, joiner, input: keyedEdge(left, id, named), buffer }));
        return { position: { ...left, node: id, partitioned: true }, rows: {} };
      }
      chain.graph.append(
        streamJoinNode({
          id,
          kind,
          window,
          closing,
          joiner,
          inputs: [keyedEdge(left, `${id}-left`, named, 'left '), keyedEdge(right, `${id}-right`, named, 'right ')],
          left: joinBuffer(`${id}-left`, { key, value: leftValue, retention, named }),
          right: joinBuffer(`${id}-right`, { key, value: rightValue, retention, named }),
          unmatched:
            kind === 'inner'
              ? undefined
              : unmatched(`${id}-unmatched`, { key, left: leftValue, right: rightValue, named }),
        }),
      );
      return { position: { ...left, node: id, partitioned: true }, rows: {} };
    },
  };
}

const windowOf = ({ before = 0, after = 0, grace = 0 }: Within): JoinWindow => {
  const earlier = toBound(before, 'the before of within');
  const later = toBound(after, 'the after of within');
  if (earlier + later < 0) {
    const odd = earlier < later ? 'earlier' : 'later';
    throw new ConfigError(
      `within allows a joined record to be ${Math.min(earlier, later)} ms ${odd}, which leaves no time for a match: ` +
        'before and after must add up to at least 0',
    );
  }
  return { before: earlier, after: later, grace: toMilliseconds(grace, 'the grace of a join') };
};

const closingOf = ({ idleAfter, wallClock }: Within): JoinClosing => ({
  idleAfter: idleAfter === undefined ? undefined : toPositiveMilliseconds(idleAfter, 'the idle time of a join'),
  wallClock: wallClock === undefined ? undefined : toMilliseconds(wallClock, 'the wall-clock time of a join'),
});

/** Returns a bound in ms; it may be negative if the other is at least as large. */
const toBound = (given: Duration, what: string): number =>
  typeof given === 'number' && given < 0 ? -toMilliseconds(-given, what) : toMilliseconds(given, what);

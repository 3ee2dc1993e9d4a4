import { keyedEdge, type StreamJoinCondition, serdeOf, stepName } from '@kstreams/core/dsl';
import { ConfigError, type Duration, toMilliseconds } from '@kstreams/core/graph';
import { selfJoinNode } from './self-join.js';
import { joinBuffer } from './stores/join-buffer.js';
import { unmatched } from './stores/unmatched.js';
import { type JoinWindow, streamJoinNode } from './stream-join.js';

/** What all joins of two streams have in common. */
export interface WithinOptions {
  /** How long a record without a match waits for one after its window; 0 unless set. */
  readonly grace?: Duration;
  /**
   * How a stream is joined with itself: `'as-two'` unless set, with a buffer for each side, as if they were two streams;
   * `'as-one'` with one buffer, where a record always meets itself, so that a left or an outer join is an inner one.
   */
  readonly self?: 'as-two' | 'as-one';
}

/** How far apart in time two records may be, seen from the left one. */
export interface Within extends WithinOptions {
  /** How much earlier the right record may be; 0 unless set. Negative milliseconds for how much later it must be. */
  readonly before?: Duration;
  /** How much later the right record may be; 0 unless set. Negative milliseconds for how much earlier it must be. */
  readonly after?: Duration;
}

/**
 * Lets two streams meet: a left and a right record of one key whose timestamps are at most so far apart, bounds
 * included. Each side keeps its records for `before + after + grace` and no longer, as Kafka Streams does, so that
 * `within(0)` without a grace finds nobody.
 *
 * @example
 * orders.join(payments, within('10m'), (order, payment) => ({ ...order, payment }))
 * orders.leftJoin(payments, within({ after: '1h', grace: '5m' }), (order, payment) => payment?.amount ?? 0)
 */
export function within(distance: Duration, options?: WithinOptions): StreamJoinCondition;
export function within(window: Within): StreamJoinCondition;
export function within(distance: Duration | Within, options: WithinOptions = {}): StreamJoinCondition {
  const apart = typeof distance === 'object' ? distance : { before: distance, after: distance };
  const { self = 'as-two', ...given } = { ...apart, ...options };
  const window = windowOf(given);
  return {
    name: 'within',
    of: 'streams',
    join: ({ kind, left, right, rightIs, joiner, name }) => {
      if (rightIs !== 'stream') throw new ConfigError('within(…) is for two streams: a table is met by key');
      if (self === 'as-one' && left.node !== right.node)
        throw new ConfigError("self: 'as-one' is for a stream that is joined with itself; these are two");
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
          joiner,
          inputs: [keyedEdge(left, `${id}-left`, named, 'left '), keyedEdge(right, `${id}-right`, named, 'right ')],
          left: joinBuffer(`${id}-left`, { key, value: leftValue, retention, named }),
          right: joinBuffer(`${id}-right`, { key, value: rightValue, retention, named }),
          waiting:
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
  const earlier = bound(before, 'how much earlier a joined record may be');
  const later = bound(after, 'how much later a joined record may be');
  if (earlier + later < 0) {
    const odd = earlier < later ? 'earlier' : 'later';
    throw new ConfigError(
      `how much ${odd} a joined record may be is ${Math.min(earlier, later)} ms, which leaves no time to meet: ` +
        'before and after add up to at least 0',
    );
  }
  return { before: earlier, after: later, grace: toMilliseconds(grace, 'the grace of a join') };
};

/** A bound in ms, which may be negative where the other makes up for it. */
const bound = (given: Duration, what: string): number =>
  typeof given === 'number' && given < 0 ? -toMilliseconds(-given, what) : toMilliseconds(given, what);

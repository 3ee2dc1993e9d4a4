import {
  ConfigError,
  type Duration,
  joinBuffer,
  keyedEdge,
  type StreamMatch,
  serdeOf,
  stepName,
  toMilliseconds,
  unmatched,
} from '@kstreams/core';
import { type JoinWindow, streamJoinNode } from './stream-join.js';

/** How far apart in time two records may be, seen from the left one. */
export interface Within {
  /** How much earlier the right record may be; 0 unless set. */
  readonly before?: Duration;
  /** How much later the right record may be; 0 unless set. */
  readonly after?: Duration;
  /** How long a record without a match waits for one after its window; 0 unless set. */
  readonly grace?: Duration;
}

/**
 * Lets two streams meet: a left and a right record of one key whose timestamps are at most so far apart, bounds
 * included.
 *
 * @example
 * orders.join(payments, within('10m'), (order, payment) => ({ ...order, payment }))
 * orders.leftJoin(payments, within({ after: '1h', grace: '5m' }), (order, payment) => payment?.amount ?? 0)
 */
export const within = (distance: Duration | Within, options: { readonly grace?: Duration } = {}): StreamMatch => {
  const window = windowOf(typeof distance === 'object' ? distance : { before: distance, after: distance, ...options });
  return {
    match: 'within',
    of: 'streams',
    meet: ({ kind, left, right, rightIs, joiner, name }) => {
      if (rightIs !== 'stream') throw new ConfigError('within(…) is for two streams: a table is met by key');
      const { chain } = left;
      const { id, named } = stepName(chain, kind === 'inner' ? 'join' : `${kind}-join`, name);
      const key = serdeOf(left, 'key', id, 'key');
      const [leftValue, rightValue] = [
        serdeOf(left, 'value', id, 'left value'),
        serdeOf(right, 'value', id, 'right value'),
      ];
      const retention = window.before + window.after + window.grace;
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
      return { ...left, node: id, partitioned: true };
    },
  };
};

const windowOf = ({ before = 0, after = 0, grace = 0 }: Within): JoinWindow => ({
  before: toMilliseconds(before, 'how much earlier a joined record may be'),
  after: toMilliseconds(after, 'how much later a joined record may be'),
  grace: toMilliseconds(grace, 'the grace of a join'),
});

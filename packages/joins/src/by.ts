import type { KeyJoinCondition } from '@kstreams/core/dsl';
import { ConfigError, checkFunctions, synchronous } from '@kstreams/core/graph';
import { foreignKeyJoin } from './foreign-key/foreign-key-join.js';
import { lookupJoin } from './lookup-join.js';

/**
 * Creates a condition that picks the right key: that of a global table for each record of a stream, or that of another
 * table for each row of a table. Null or undefined picks no row.
 *
 * @throws ConfigError when `keyOf` is an async function, or the sides are of other kinds.
 *
 * @example
 * flights.join(airports, by((flight) => flight.origin), (flight, airport) => ({ ...flight, state: airport.state }))
 */
export const by = <K, V, GK>(keyOf: (value: V, key: K) => GK | null | undefined): KeyJoinCondition<K, V, GK> => {
  checkFunctions('by', { keyOf });
  return {
    name: 'by',
    of: 'key',
    keyOf,
    join: (request) => {
      const { leftIs, rightIs } = request;
      const rightKeyOf = synchronous('by', keyOf as (value: unknown, key: unknown) => unknown);
      if (leftIs === 'table' && rightIs === 'table') return foreignKeyJoin(request, rightKeyOf);
      if (leftIs === 'stream' && rightIs === 'global') return lookupJoin(request, rightKeyOf);
      throw new ConfigError(
        `by(…) joins a stream with a global table or two tables, not a ${leftIs} with a ${rightIs}: use within(…) or no condition`,
      );
    },
  };
};

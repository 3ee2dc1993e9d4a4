import { ConfigError, type KeyMatch, refuseAsync } from '@kstreams/core';
import { foreignJoin } from './foreign-key/foreign-join.js';
import { lookupJoin } from './lookup-join.js';

/**
 * Lets each record choose the key of the global table's row that it meets, or each row of a table that of another table;
 * null or undefined for none.
 *
 * @example
 * flights.join(airports, by((flight) => flight.origin), (flight, airport) => ({ ...flight, state: airport.state }))
 */
export const by = <K, V, GK>(keyOf: (value: V, key: K) => GK | null | undefined): KeyMatch<K, V, GK> => ({
  match: 'by',
  of: 'key',
  keyOf,
  meet: (meeting) => {
    const chosen = keyOf as (value: unknown, key: unknown) => unknown;
    refuseAsync('by', keyOf);
    if (meeting.leftIs === 'stream' && meeting.rightIs === 'global') return lookupJoin(meeting, chosen);
    if (meeting.leftIs === 'table' && meeting.rightIs === 'table') return foreignJoin(meeting, chosen);
    throw new ConfigError(
      `by(…) is for global tables and for two tables; this join is of a ${meeting.leftIs} with a ${meeting.rightIs}`,
    );
  },
});

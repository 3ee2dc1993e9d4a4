import { ConfigError, type KeyMatch } from '@kstreams/core';
import { lookupJoin } from './lookup-join.js';

/**
 * Lets each record choose the key of the global table's row that it meets; null or undefined for none.
 *
 * @example
 * flights.join(airports, by((flight) => flight.origin), (flight, airport) => ({ ...flight, state: airport.state }))
 */
export const by = <K, V, GK>(keyOf: (value: V, key: K) => GK | null | undefined): KeyMatch<K, V, GK> => ({
  match: 'by',
  of: 'key',
  keyOf,
  meet: (meeting) => {
    if (meeting.rightIs === 'global') return lookupJoin(meeting, keyOf as (value: unknown, key: unknown) => unknown);
    throw new ConfigError(`by(…) is for global tables; this join is with a ${meeting.rightIs}`);
  },
});

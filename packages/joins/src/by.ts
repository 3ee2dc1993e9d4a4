import { type KeyJoinCondition, refuseAsync } from '@kstreams/core/dsl';
import { ConfigError } from '@kstreams/core/graph';
import { foreignJoin } from './foreign-key/foreign-join.js';
import { lookupJoin } from './lookup-join.js';

/** How rows of two tables meet by a foreign key. */
export interface ByOptions {
  /**
   * What an answer that is on its way holds for. `'value'`, as in Kafka Streams, unless set: where the row's value has
   * changed meanwhile the answer is dropped; in an inner join a result may stay for ever if the row changed twice within
   * that time and names a row that is not there. `'foreign-key'`: the answer holds as long as the row names the same key.
   * No such result stays; deletes are also told of rows that never had a result.
   */
  readonly answersFor?: 'value' | 'foreign-key';
}

/**
 * Lets each record choose the key of the global table's row that it meets, or each row of a table that of another table;
 * null or undefined for none.
 *
 * @example
 * flights.join(airports, by((flight) => flight.origin), (flight, airport) => ({ ...flight, state: airport.state }))
 */
export const by = <K, V, GK>(
  keyOf: (value: V, key: K) => GK | null | undefined,
  { answersFor }: ByOptions = {},
): KeyJoinCondition<K, V, GK> => ({
  name: 'by',
  of: 'key',
  keyOf,
  join: (request) => {
    const chosen = keyOf as (value: unknown, key: unknown) => unknown;
    refuseAsync('by', keyOf);
    if (request.leftIs === 'table' && request.rightIs === 'table') return foreignJoin(request, chosen, answersFor);
    if (answersFor !== undefined)
      throw new ConfigError('by(…, { answersFor }) is for two tables: only they ask each other');
    if (request.leftIs === 'stream' && request.rightIs === 'global') return lookupJoin(request, chosen);
    throw new ConfigError(
      `by(…) is for global tables and for two tables; this join is of a ${request.leftIs} with a ${request.rightIs}`,
    );
  },
});

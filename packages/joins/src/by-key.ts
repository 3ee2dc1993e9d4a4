import type { JoinCondition } from '@kstreams/core/dsl';
import { ConfigError } from '@kstreams/core/graph';
import { lookupJoin } from './lookup-join.js';

/**
 * Creates the condition that joins a record with the table's row of its key: the default of `streams`.
 *
 * @throws ConfigError when the right side is a stream or a global table.
 *
 * @example
 * const app = streams('shop', { joinCondition: byKey() })
 */
export const byKey = (): JoinCondition => ({
  name: 'byKey',
  join: (request) => {
    if (request.leftIs === 'stream' && request.rightIs === 'table') return lookupJoin(request);
    throw new ConfigError(
      request.rightIs === 'stream'
        ? 'a join of two streams needs a time: give it within(…)'
        : 'a join with a global table needs a key of its rows: give it by((value, key) => …)',
    );
  },
});

import type { JoinCondition } from '@kstreams/core/dsl';
import { ConfigError } from '@kstreams/core/graph';
import { lookupJoin } from './lookup-join.js';

/** Lets a stream meet the row of its own key in a table: what `kstreams` takes when a join with a table does not say. */
export const byKey = (): JoinCondition => ({
  name: 'byKey',
  join: (request) => {
    if (request.leftIs === 'stream' && request.rightIs === 'table') return lookupJoin(request);
    throw new ConfigError(
      request.rightIs === 'stream'
        ? 'two streams meet within a time: give the join within(…)'
        : 'a stream meets a global table by a key of its choice: give the join by((value, key) => …)',
    );
  },
});

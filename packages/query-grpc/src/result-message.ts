import type { QueryResult, StaleBody } from '@kstreams/query/service';
import type { CopyMessage } from './messages.js';

/** Returns the message of a result. */
export const resultMessage = (result: QueryResult): object => {
  switch (result.kind) {
    case 'stores':
      return result.stores;
    case 'row':
      return { row: result.row.json, stale: result.row.stale.map(copyMessage) };
    case 'count':
      return { count: result.count.count, stale: (result.count.stale ?? []).map(copyMessage) };
    default: {
      const { next = '', page } = result;
      const rows = `[${page.rows.map(({ json }) => json).join(',')}]`;
      return { rows, nextPageToken: next, stale: page.stale.map(copyMessage) };
    }
  }
};

const copyMessage = ({ staleness, ...copy }: StaleBody): CopyMessage => ({
  ...copy,
  ...(staleness !== undefined && { stalenessMs: staleness }),
});

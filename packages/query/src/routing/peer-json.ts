import { idToBytes } from '@kstreams/core/graph';
import type { ForwardedPage, RowBody } from '../protocol/bodies.js';
import type { FoundRow, Page } from '../reads/local-reads.js';

/** Returns the row in the JSON of another process. */
export const rowOfPeer = ({ stale = [], ...row }: RowBody): FoundRow => ({ json: JSON.stringify(row), stale });

/** Returns the page in the JSON of another process. */
export const pageOfPeer = ({ more, places, rows, stale = [] }: ForwardedPage): Page => ({
  more,
  stale,
  rows: rows.map((row, index) => {
    const [partition = 0, rowKey = ''] = places[index] ?? [];
    return { json: JSON.stringify(row), partition, rowKey: idToBytes(atob(rowKey)) };
  }),
});

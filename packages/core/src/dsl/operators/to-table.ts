import { type ChainPosition, keyedEdge, serdeOf } from '../position.js';
import type { TableRows, TableSourceOptions } from '../table.js';
import { recordTableAt } from './record-table.js';

/**
 * Reads a stream as a table, through a topic where its keys were changed. Its rows are kept by name or with a history,
 * or where somebody downstream asks for them.
 */
export const toTableAt = (from: ChainPosition, options: TableSourceOptions): [ChainPosition, TableRows] =>
  recordTableAt(
    from,
    {
      operator: 'to-table',
      edge: (id, named) => keyedEdge(from, id, named),
      key: serdeOf(from, 'key', 'toTable'),
      value: serdeOf(from, 'value', 'toTable'),
    },
    options,
  );

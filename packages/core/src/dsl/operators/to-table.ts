import { keyValue } from '../../graph/views/key-value.js';
import { appendNode } from '../append.js';
import { type ChainPosition, keyedEdge, serdeOf, stepName } from '../position.js';
import type { TableOptions, TableRows } from '../table.js';
import { tableNode } from './table.js';

/**
 * Reads a stream as a table, through a topic where its keys were changed. Its rows are kept by name, or where somebody
 * downstream asks for them.
 */
export const toTableAt = (from: ChainPosition, options: TableOptions): [ChainPosition, TableRows] => {
  const { id, named } = stepName(from.chain, 'to-table', options.name);
  const store = keyValue(id, { key: serdeOf(from, 'key', 'toTable'), value: serdeOf(from, 'value', 'toTable'), named });
  const node = tableNode(id, keyedEdge(from, id, named), store, named);
  return [appendNode(from, node, { partitioned: true }), { store }];
};

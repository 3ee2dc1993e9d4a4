import { toMilliseconds } from '../../graph/duration.js';
import type { Edge } from '../../graph/node.js';
import type { Serde } from '../../graph/serde.js';
import { keyValue } from '../../state/key-value.js';
import { versioned } from '../../state/versioned.js';
import { appendNode } from '../append.js';
import { emitAt } from '../emission.js';
import { type ChainPosition, stepName } from '../position.js';
import type { TableRows, TableSourceOptions } from '../table.js';
import { tableNode } from './table.js';
import { versionedTableNode } from './versioned-table.js';

/** What a table is made of: where its records come from, and how they are written. */
export interface RecordTable {
  readonly operator: 'table' | 'to-table';
  readonly edge: (id: string, named: boolean) => Edge;
  readonly key: Serde<unknown>;
  readonly value: Serde<unknown>;
  /** The topic of the records, where the table is that topic. */
  readonly sourceTopic?: string;
}

/** Reads records as a table; with a history it knows each row as it was. */
export const recordTableAt = (
  from: ChainPosition,
  { operator, edge, key, value, sourceTopic }: RecordTable,
  options: TableSourceOptions,
): [ChainPosition, TableRows] => {
  const { id, named } = stepName(from.chain, operator, options.name);
  const after = { partitioned: true };
  if (options.history === undefined) {
    const store = keyValue(id, { key, value, sourceTopic, named });
    const table = appendNode(from, tableNode(id, edge(id, named), store, named), after);
    return [emitAt(table, options.emit, named), { store }];
  }
  const history = toMilliseconds(options.history, `the history of ${id}`);
  const store = versioned(id, { key, value, history, sourceTopic, named });
  const table = appendNode(from, versionedTableNode(id, edge(id, named), store), after);
  return [emitAt(table, options.emit, named), { store, history }];
};

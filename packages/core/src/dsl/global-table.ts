import type { NodeId } from '../graph/node.js';
import type { ChainPosition } from './position.js';
import type { TableRows } from './table.js';

/** A whole topic as a table, of which every process has a copy: joins need no common partitioning. */
export class GlobalTable<out K, out V> {
  readonly is = 'global';
  readonly position: ChainPosition;
  readonly rows: TableRows;
  /** Types only: never set. */
  readonly holds?: readonly [K, V];

  constructor(position: ChainPosition, rows: TableRows) {
    this.position = position;
    this.rows = rows;
  }

  /** The node that keeps the copy. */
  get node(): NodeId {
    return this.position.node;
  }
}

import type { NodeId } from '../graph/node.js';
import type { ChainPosition, TableRows } from './chain.js';

/** A table that every process holds completely, so joins with it need no common partitioning. */
export class GlobalTable<out K, out V> {
  readonly is = 'global';
  /** The output of the node, for joins. */
  readonly position: ChainPosition;
  /** The store of the rows. */
  readonly rows: TableRows;
  /** Types only: never set. */
  readonly holds?: readonly [K, V];

  constructor(position: ChainPosition, rows: TableRows) {
    this.position = position;
    this.rows = rows;
    if (rows.store !== undefined) position.chain.graph.own(rows.store);
  }

  /** The node that keeps the rows. */
  get node(): NodeId {
    return this.position.node;
  }
}

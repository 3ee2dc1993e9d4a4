import type { GraphNode, NodeId, ProcessorNode } from '../node.js';
import { settleNodes } from './settle.js';

/**
 * Whether a table can tell the value from before each change without keeping more rows than it does as things stand:
 * what is added later does not count.
 */
export const tellsBefore = (nodes: readonly GraphNode[], table: NodeId): boolean => {
  const asking: ProcessorNode = {
    kind: 'processor',
    id: `${table} asked`,
    operator: 'asking',
    inputs: [{ by: 'pipeline', from: table, before: true }],
    stores: [],
    key: 'kept',
    value: 'kept',
    open: () => [],
  };
  return storesKept([...nodes, asking]) === storesKept(nodes);
};

const storesKept = (nodes: readonly GraphNode[]): number =>
  settleNodes(nodes).reduce((sum, node) => sum + (node.kind === 'processor' ? node.stores.length : 0), 0);

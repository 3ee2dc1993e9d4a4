import type { GraphNode, NodeId, ProcessorNode } from '../node.js';
import { resolveNodes } from './resolve-nodes.js';

/**
 * True when a table can send old values with its changes without storing more rows than it does now. Steps added later do
 * not count.
 */
export const sendsOldValues = (nodes: readonly GraphNode[], table: NodeId): boolean => {
  const reader: ProcessorNode = {
    kind: 'processor',
    id: `${table}-reader`,
    operator: 'reader',
    inputs: [{ by: 'pipeline', from: table, before: true }],
    stores: [],
    key: 'kept',
    value: 'kept',
    open: () => [],
  };
  return storesKept([...nodes, reader]) === storesKept(nodes);
};

const storesKept = (nodes: readonly GraphNode[]): number =>
  resolveNodes(nodes).reduce((sum, node) => sum + (node.kind === 'processor' ? node.stores.length : 0), 0);

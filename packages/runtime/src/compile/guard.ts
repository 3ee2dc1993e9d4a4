import {
  type AnyProcess,
  invalidTimestamp,
  messageOf,
  type NodeId,
  Pending,
  ProcessingError,
  ProductionError,
  StorageError,
  StreamsError,
} from '@kstreams/core/graph';
import type { Scope } from './scope.js';

/**
 * Wraps the process of a node, so that its errors name the node and the record. The innermost guard adds the place; the
 * others rethrow the error. A record with an invalid timestamp is refused, in the name of the node that forwarded it. An
 * observer also receives the records on the edge to the node, and so do watchers that come later.
 */
export const guard = (from: NodeId, node: NodeId, scope: Scope, process: AnyProcess): AnyProcess => {
  const observed = scope.observe?.(from, node, process) ?? process;
  let entered = observed;
  scope.watchable?.(from, node, (receive) => {
    entered = receive === undefined ? observed : inOrder(receive, observed);
  });
  return (record) => {
    const { timestamp } = record;
    if (!Number.isSafeInteger(timestamp)) {
      throw located(invalidTimestamp('the timestamp of a forwarded record', timestamp), from, scope);
    }
    try {
      entered(record);
    } catch (thrown) {
      throw located(thrown, node, scope);
    }
  };
};

const inOrder =
  (receive: AnyProcess, process: AnyProcess): AnyProcess =>
  (record) => {
    receive(record);
    process(record);
  };

/** Returns the error with its place: node and task; topic, partition and offset of a record. */
export const located = (thrown: unknown, node: NodeId, { id, source }: Pick<Scope, 'id' | 'source'>): Error => {
  if (thrown instanceof Pending || thrown instanceof StorageError) return thrown;
  if (thrown instanceof StreamsError && thrown.location.node !== undefined) return thrown;
  const { offset, partition, topic } = source;
  const place = { node, task: id, ...(offset >= 0 && { topic, partition, offset }) };
  if (thrown instanceof ProductionError) return new ProductionError(thrown.reason, place, thrown.cause);
  return new ProcessingError(`node "${node}" failed: ${messageOf(thrown)}`, place, thrown);
};

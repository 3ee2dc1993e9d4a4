import { type Failure, messageOf, type NodeId, ProcessingError, type Received, SerdeError } from '@kstreams/core/graph';

/** Returns the failure of a record that could not be decoded outside of its task: of its serde or of its timestamp. */
export const decodeFailure = (node: NodeId, thrown: unknown, record: Received): Failure =>
  thrown instanceof SerdeError
    ? { kind: 'deserialisation', error: thrown, record, attempt: 1 }
    : { kind: 'processing', error: processingError(node, thrown, record), record, attempt: 1 };

/** Returns the error of a source, with the position of the record. */
export const processingError = (node: NodeId, thrown: unknown, record: Received): ProcessingError => {
  const { offset, partition, topic } = record;
  return new ProcessingError(`node "${node}" failed: ${messageOf(thrown)}`, { node, topic, partition, offset }, thrown);
};

import type { Change } from '../../graph/change.js';
import { type StreamRecord, withValue } from '../../graph/record.js';
import { appendNode } from '../append.js';
import { type ChainPosition, stepName } from '../chain.js';

/** Appends a step that forwards the new value of each change, null for a delete. */
export const appendToStream = (from: ChainPosition, name?: string): ChainPosition => {
  const { id } = stepName(from.chain, 'to-stream', name);
  return appendNode(from, {
    kind: 'processor',
    id,
    operator: 'to-stream',
    inputs: [{ by: 'pipeline', from: from.node }],
    stores: [],
    key: 'kept',
    value: 'changed',
    keyLocal: true,
    open: ({ forward }) => [
      (record: StreamRecord<unknown, Change<unknown>>) => forward(withValue(record, record.value.after ?? null)),
    ],
  });
};

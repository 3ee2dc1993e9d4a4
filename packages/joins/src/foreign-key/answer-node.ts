import {
  type AnySerde,
  type Bytes,
  type Change,
  type Context,
  type Edge,
  type NodeId,
  type ProcessorNode,
  record,
  type StoreSpec,
  type StreamRecord,
} from '@kstreams/core/graph';
import type { SubscriptionStore } from '../stores/subscriptions.js';
import type { Answer, Request } from './messages.js';

/** What the rows of the right table answer by. */
export interface AnswerNode {
  readonly id: NodeId;
  readonly requests: Edge;
  readonly right: NodeId;
  readonly leftKey: AnySerde;
  readonly store: StoreSpec<SubscriptionStore<unknown>>;
}

/**
 * Keeps who wants to hear of which row of the right table. A request is answered with the row as it is now, with the
 * larger of both timestamps; a change is told to all who subscribed, in the order of their keys' bytes and with its own
 * timestamp, be the rows that are joined newer or not.
 */
export const answerNode = ({ id, requests, right, leftKey, store }: AnswerNode): ProcessorNode => ({
  kind: 'processor',
  id,
  operator: 'foreign-key-answer',
  inputs: [requests, { by: 'pipeline', from: right, before: true }, { by: 'lookup', from: right }],
  stores: [store],
  key: 'changed',
  value: 'changed',
  copartitioned: true,
  open: (context: Context<unknown, Answer>) => {
    const subscriptions = context.store(store);
    const rows = context.lookup<unknown, unknown>(0);
    const keyOf = (bytes: Bytes): unknown => leftKey.decode(bytes, { topic: store.name, headers: [] });
    const request = ({ key, timestamp, headers, value }: StreamRecord<unknown, Request>): void => {
      const { instruction, hash, partition, primary } = value;
      const leaves = instruction === 'leave' || instruction === 'leave-silently';
      if (key !== null && key !== undefined) {
        if (leaves) subscriptions.delete(key, primary, timestamp);
        else subscriptions.put(key, { primary, hash: hash as Bytes, partition }, timestamp);
      }
      if (instruction === 'leave-silently') return;
      const row = key === null || key === undefined ? undefined : rows.get(key);
      if (instruction === 'answer-if-there' && row === undefined) return;
      const answer = { hash, value: leaves ? undefined : row?.value, partition };
      const at = row === undefined ? timestamp : Math.max(timestamp, row.timestamp);
      context.forward(record(keyOf(primary), answer, at, headers));
    };
    const changed = ({ key, timestamp, headers, value }: StreamRecord<unknown, Change<unknown>>) => {
      if (!value.latest) return context.drop('out-of-order');
      for (const { primary, hash, partition } of subscriptions.of(key)) {
        context.forward(record(keyOf(primary), { hash, value: value.after, partition }, timestamp, headers));
      }
    };
    return [request, changed];
  },
});

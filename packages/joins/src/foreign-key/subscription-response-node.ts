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
import type { SubscriptionRequest, SubscriptionResponse } from './subscription-messages.js';

/** The parts of the node that sends subscription responses. */
export interface SubscriptionResponseNode {
  readonly id: NodeId;
  readonly requests: Edge;
  readonly right: NodeId;
  readonly leftKey: AnySerde;
  readonly store: StoreSpec<SubscriptionStore<unknown>>;
}

/**
 * Keeps the subscriptions to rows of the right table. A request gets a response with the current row and the larger of
 * both timestamps. A change of a row is sent to all its subscribers with its own timestamp, in the order of their key
 * bytes.
 */
export const subscriptionResponseNode = ({
  id,
  requests,
  right,
  leftKey,
  store,
}: SubscriptionResponseNode): ProcessorNode => ({
  kind: 'processor',
  id,
  operator: 'foreign-key-response',
  inputs: [
    requests,
    { by: 'pipeline', from: right, before: true },
    { by: 'lookup', from: right, along: { to: id, input: 1 } },
  ],
  stores: [store],
  key: 'changed',
  value: 'changed',
  copartitioned: true,
  open: (context: Context<unknown, SubscriptionResponse>) => {
    const subscriptions = context.store(store);
    const rows = context.lookup<unknown, unknown>(0);
    const keyOf = (bytes: Bytes): unknown => leftKey.decode(bytes, { topic: store.name, headers: [] });
    const request = ({ key, timestamp, headers, value }: StreamRecord<unknown, SubscriptionRequest>): void => {
      const { instruction, hash, partition, primary } = value;
      const ends = instruction === 'unsubscribe-and-respond' || instruction === 'unsubscribe';
      if (key !== null && key !== undefined) {
        if (ends) subscriptions.delete(key, primary, timestamp);
        else subscriptions.put(key, { primary, hash: hash as Bytes, partition }, timestamp);
      }
      if (instruction === 'unsubscribe') return;
      const row = key === null || key === undefined ? undefined : rows.get(key);
      if (instruction === 'respond-if-present' && row === undefined) return;
      const response = { hash, value: ends ? undefined : row?.value, ended: ends, partition };
      const at = row === undefined ? timestamp : Math.max(timestamp, row.timestamp);
      context.forward(record(keyOf(primary), response, at, headers));
    };
    const changed = ({ key, timestamp, headers, value }: StreamRecord<unknown, Change<unknown>>) => {
      if (!value.latest) return context.drop('out-of-order');
      for (const { primary, hash, partition } of subscriptions.of(key)) {
        context.forward(
          record(keyOf(primary), { hash, value: value.after, ended: false, partition }, timestamp, headers),
        );
      }
    };
    return [request, changed];
  },
});

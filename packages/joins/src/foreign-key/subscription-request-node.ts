import {
  type AnySerde,
  type Bytes,
  type Change,
  type Context,
  type NodeId,
  type ProcessorNode,
  record,
  type StreamRecord,
} from '@kstreams/core/graph';
import { keyIds } from '@kstreams/core/state';
import type { Instruction, SubscriptionRequest } from './subscription-messages.js';

/** The parts of the node that sends subscription requests. */
export interface SubscriptionRequestNode {
  readonly id: NodeId;
  readonly left: NodeId;
  readonly keepsLeft: boolean;
  /** Returns the foreign key of a left row, if it has one. */
  readonly foreignOf: (value: unknown, key: unknown) => unknown;
  readonly foreignKey: AnySerde;
  readonly leftKey: AnySerde;
  /** Returns the hash of a foreign key, which a response must have to count. */
  readonly hashOf: (foreign: unknown) => Bytes;
}

/**
 * Sends a subscription request for each change of the left table, with the foreign key as its key. A changed foreign key
 * ends the old subscription first. Foreign keys are compared by their bytes.
 *
 * A row without a foreign key has no result. In a left join it sends a request with key null, which gets a response.
 *
 * In an inner join, a new row gets no response if there is no right row, so a response to an earlier row of the key could be
 * the last one. The ends of subscriptions are therefore responded to: see `responseJoinNode`.
 */
export const subscriptionRequestNode = ({
  id,
  left,
  hashOf,
  keepsLeft,
  foreignOf,
  ...serdes
}: SubscriptionRequestNode): ProcessorNode => ({
  kind: 'processor',
  id,
  operator: 'foreign-key-request',
  inputs: [{ by: 'pipeline', from: left, before: true }],
  stores: [],
  key: 'changed',
  value: 'changed',
  open: (context: Context<unknown, SubscriptionRequest>) => {
    const idOf = keyIds(serdes.foreignKey);
    const at = { topic: id, headers: [] };
    return [
      ({ key, timestamp, headers, value: { before, after, latest } }: StreamRecord<unknown, Change<unknown>>) => {
        if (!latest) return context.drop('out-of-order');
        if (before === undefined && after === undefined) return;
        const [from, to] = [before, after].map((value) => (value === undefined ? undefined : foreignOf(value, key)));
        const primary = serdes.leftKey.encode(key, at);
        const { partition } = context.task;
        const send = (foreign: unknown, instruction: Instruction, hash = to === undefined ? undefined : hashOf(to)) =>
          context.forward(record(foreign ?? null, { instruction, hash, primary, partition }, timestamp, headers));
        const moved = from !== undefined && (to === undefined || idOf(from) !== idOf(to));
        if (keepsLeft) {
          if (moved) send(from, 'unsubscribe');
          send(to, 'respond-always');
        } else if (to === undefined) {
          if (after !== undefined) context.drop('null-foreign-key');
          if (from !== undefined) send(from, 'unsubscribe-and-respond');
        } else {
          if (moved) send(from, 'unsubscribe-and-respond', hashOf(from));
          send(to, moved ? 'respond-always' : 'respond-if-present');
        }
      },
    ];
  },
});

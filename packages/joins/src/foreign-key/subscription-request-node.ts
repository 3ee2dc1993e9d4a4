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
  readonly keyOf: (value: unknown, key: unknown) => unknown;
  readonly foreignKey: AnySerde;
  readonly leftKey: AnySerde;
  /** Returns the hash that a response must have to count; `undefined` without a foreign key. */
  readonly hashOf: (value: unknown, key: unknown) => Bytes | undefined;
  /** True when responses are matched by the foreign key. */
  readonly matchesKey: boolean;
}

/**
 * Sends a subscription request for each change of the left table, with the foreign key as its key. A changed foreign key
 * ends the old subscription first. Foreign keys are compared by their bytes.
 *
 * A row without a foreign key has no result. In a left join it sends a request with key null, which gets a response.
 */
export const subscriptionRequestNode = ({
  id,
  left,
  matchesKey,
  hashOf,
  keepsLeft,
  keyOf,
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
        const [from, to] = [before, after].map((value) =>
          value === undefined ? undefined : (keyOf(value, key) ?? undefined),
        );
        const hash = after === undefined ? undefined : hashOf(after, key);
        const primary = serdes.leftKey.encode(key, at);
        const { partition } = context.task;
        const send = (foreign: unknown, instruction: Instruction): void =>
          context.forward(record(foreign ?? null, { instruction, hash, primary, partition }, timestamp, headers));
        const moved = from !== undefined && (to === undefined || idOf(from) !== idOf(to));
        if (keepsLeft) {
          if (moved) send(from, 'unsubscribe');
          send(to, 'respond-always');
        } else if (to === undefined) {
          if (after !== undefined) context.drop('null-foreign-key');
          if (from !== undefined) send(from, 'unsubscribe-and-respond');
        } else {
          if (moved) send(from, 'unsubscribe');
          send(to, moved || (matchesKey && from === undefined) ? 'respond-always' : 'respond-if-present');
        }
      },
    ];
  },
});

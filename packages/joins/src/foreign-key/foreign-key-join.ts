import { type JoinRequest, type JoinResult, resultSerde, serdeOf, stepName } from '@kstreams/core/dsl';
import type { Repartition } from '@kstreams/core/graph';
import { keyValue } from '@kstreams/core/state';
import { subscriptions } from '../stores/subscriptions.js';
import { responseJoinNode } from './response-join-node.js';
import { requestSerde, responseSerde, type SubscriptionResponse } from './subscription-messages.js';
import { subscriptionRequestNode } from './subscription-request-node.js';
import { subscriptionResponseNode } from './subscription-response-node.js';
import { valueHash } from './value-hash.js';

/**
 * Joins each row of a table with the row of another table by a foreign key.
 *
 * A left row sends a request to the partition of its foreign key and subscribes there. The request, and every change of the
 * right row, gets a response to the partition of the left row. Requests and responses have a topic each. Responses carry a
 * hash of the left row's value or foreign key, so stale ones are dropped.
 */
export const foreignKeyJoin = (
  { kind, left, right, joiner, name, value }: JoinRequest,
  keyOf: (value: unknown, key: unknown) => unknown,
  matchResponsesBy: 'value' | 'foreign-key' = 'value',
): JoinResult => {
  const { chain } = left;
  const { id, named } = stepName(chain, 'foreign-key-join', name);
  const keepsLeft = kind === 'left';
  const leftKey = serdeOf(left, 'key', id, 'left key');
  const leftValue = serdeOf(left, 'value', id, 'left value');
  const foreignKey = serdeOf(right, 'key', id, 'right key');
  const rightValue = serdeOf(right, 'value', id, 'right value');
  const at = { topic: id, headers: [] };
  const hashOfKey = (value: unknown, key: unknown) => {
    const foreign = keyOf(value, key) ?? undefined;
    return foreign === undefined ? undefined : valueHash(foreignKey.encode(foreign, at));
  };
  const matchesKey = matchResponsesBy === 'foreign-key';
  const hashOf = matchesKey ? hashOfKey : (value: unknown) => valueHash(leftValue.encode(value, at));
  const topic = { partitions: 'as-copartitioned', own: true, suffix: 'topic', named } as const;
  const requests: Repartition = {
    ...topic,
    name: `${id}-subscription-registration`,
    key: foreignKey,
    value: requestSerde,
    nullKeys: true,
  };
  const responses: Repartition = {
    ...topic,
    name: `${id}-subscription-response`,
    key: leftKey,
    value: responseSerde(rightValue),
    partitioner: (response) => (response.value as SubscriptionResponse).partition,
  };
  const [request, response] = [`${id}-request`, `${id}-response`];
  chain.graph.append(
    subscriptionRequestNode({
      id: request,
      left: left.node,
      keepsLeft,
      matchesKey,
      hashOf,
      keyOf,
      foreignKey,
      leftKey,
    }),
  );
  chain.graph.append(
    subscriptionResponseNode({
      id: response,
      requests: { by: 'repartition', from: request, repartition: requests },
      right: right.node,
      leftKey,
      store: subscriptions(`${id}-subscriptions`, { key: foreignKey, named }),
    }),
  );
  const result = named ? resultSerde(chain, value, 'value', id, 'result') : (value ?? chain.defaults.value);
  const store = result && keyValue<unknown, unknown>(id, { key: leftKey, value: result, named });
  const from = { by: 'repartition', from: response, repartition: responses } as const;
  chain.graph.append(
    responseJoinNode({ id, responses: from, left: left.node, keepsLeft, hashOf, joiner, store, kept: named }),
  );
  return { position: { ...left, node: id, partitioned: true }, rows: { store } };
};

import { type JoinRequest, type JoinResult, resultSerde, serdeOf, stepName } from '@kstreams/core/dsl';
import { type Bytes, type NodeId, type Repartition, repartitionTopic, type SinkNode } from '@kstreams/core/graph';
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
 * hash of the left row's foreign key, so stale ones are dropped.
 *
 * Responses of one foreign key arrive in the order in which they were sent. So the last response to a row's current foreign
 * key has the current right row, and is joined with the current left row.
 */
export const foreignKeyJoin = (
  { kind, left, right, joiner, name, value }: JoinRequest,
  keyOf: (value: unknown, key: unknown) => unknown,
): JoinResult => {
  const { chain } = left;
  const { id, named } = stepName(chain, 'foreign-key-join', name);
  const keepsLeft = kind === 'left';
  const leftKey = serdeOf(left, 'key', id, 'left key');
  const foreignKey = serdeOf(right, 'key', id, 'right key');
  const rightValue = serdeOf(right, 'value', id, 'right value');
  const at = { topic: id, headers: [] };
  const foreignOf = (value: unknown, key: unknown): unknown => keyOf(value, key) ?? undefined;
  const hashOf = (foreign: unknown): Bytes => valueHash(foreignKey.encode(foreign, at));
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
    subscriptionRequestNode({ id: request, left: left.node, keepsLeft, foreignOf, hashOf, foreignKey, leftKey }),
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
  const repeats = keepsLeft ? undefined : `${id}-repeat`;
  const parts = { left: left.node, request, repeats, keepsLeft, foreignOf, hashOf, leftKey, joiner };
  chain.graph.append(responseJoinNode({ id, responses: from, ...parts, store, kept: named }));
  if (repeats !== undefined) chain.graph.append(repeatSink(chain.graph.name, repeats, id, requests));
  return { position: { ...left, node: id, partitioned: true }, rows: { store } };
};

/** Returns the sink by which the join repeats requests, since the topic's first sink is above. */
const repeatSink = (application: string, id: NodeId, join: NodeId, requests: Repartition): SinkNode => ({
  kind: 'sink',
  id,
  inputs: [{ by: 'pipeline', from: join, sideOutput: true }],
  topic: repartitionTopic(application, requests),
  key: requests.key,
  value: requests.value,
  repartition: requests,
});

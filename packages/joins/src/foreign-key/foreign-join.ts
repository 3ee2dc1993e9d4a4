import { type JoinRequest, type JoinResult, resultSerde, serdeOf, stepName } from '@kstreams/core/dsl';
import type { Repartition } from '@kstreams/core/graph';
import { keyValue } from '@kstreams/core/state';
import { subscriptions } from '../stores/subscriptions.js';
import { answerNode } from './answer-node.js';
import { type Answer, answerSerde, requestSerde } from './messages.js';
import { requestNode } from './request-node.js';
import { resultNode } from './result-node.js';
import { valueHash } from './value-hash.js';

/**
 * Joins each row of a table with the row of another whose key it names.
 *
 * A row goes where the partition of its foreign key is and subscribes there; whenever the other row changes, the answer
 * comes back to the partition of the row that asked, through two topics of the join's own. Answers carry the hash of what
 * they are for, the row's value or the foreign key, so that what is out of date on arrival is left out.
 */
export const foreignJoin = (
  { kind, left, right, joiner, name, value }: JoinRequest,
  keyOf: (value: unknown, key: unknown) => unknown,
  answersFor: 'value' | 'foreign-key' = 'value',
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
  const forKey = answersFor === 'foreign-key';
  const hashOf = forKey ? hashOfKey : (value: unknown) => valueHash(leftValue.encode(value, at));
  const topic = { partitions: 'as-copartitioned', own: true, suffix: 'topic', named } as const;
  const requests: Repartition = {
    ...topic,
    name: `${id}-subscription-registration`,
    key: foreignKey,
    value: requestSerde,
    nullKeys: true,
  };
  const answers: Repartition = {
    ...topic,
    name: `${id}-subscription-response`,
    key: leftKey,
    value: answerSerde(rightValue),
    partitioner: (answer) => (answer.value as Answer).partition,
  };
  const [asking, answering] = [`${id}-request`, `${id}-answer`];
  chain.graph.append(
    requestNode({ id: asking, left: left.node, keepsLeft, forKey, hashOf, keyOf, foreignKey, leftKey }),
  );
  chain.graph.append(
    answerNode({
      id: answering,
      requests: { by: 'repartition', from: asking, repartition: requests },
      right: right.node,
      leftKey,
      store: subscriptions(`${id}-subscriptions`, { key: foreignKey, named }),
    }),
  );
  const result = named ? resultSerde(chain, value, 'value', id, 'result') : (value ?? chain.defaults.value);
  const store = result && keyValue<unknown, unknown>(id, { key: leftKey, value: result, named });
  const from = { by: 'repartition', from: answering, repartition: answers } as const;
  chain.graph.append(resultNode({ id, answers: from, left: left.node, keepsLeft, hashOf, joiner, store, kept: named }));
  return { position: { ...left, node: id, partitioned: true }, rows: { store } };
};

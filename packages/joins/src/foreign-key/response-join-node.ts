import type { AnyJoiner } from '@kstreams/core/dsl';
import {
  type Bytes,
  type Change,
  ConfigError,
  type Context,
  change,
  type Edge,
  equalBytes,
  type NodeId,
  type ProcessorNode,
  record,
  type StoreSpec,
  type StreamRecord,
} from '@kstreams/core/graph';
import type { KeyValueStore } from '@kstreams/core/state';
import type { SubscriptionResponse } from './subscription-messages.js';

/** The parts of the node that joins responses. */
export interface ResponseJoinNode {
  readonly id: NodeId;
  readonly responses: Edge;
  readonly left: NodeId;
  readonly keepsLeft: boolean;
  readonly joiner: AnyJoiner;
  /** Returns the hash that a response must have to count; `undefined` without a foreign key. */
  readonly hashOf: (value: unknown, key: unknown) => Bytes | undefined;
  /** The store of results; undefined if their serde is unknown. */
  readonly store: StoreSpec<KeyValueStore<unknown, unknown>> | undefined;
  /** True when results are always stored, even if no later step needs them. */
  readonly kept: boolean;
}

/**
 * Joins responses with the left rows that requested them. A stale response is dropped, since the current one follows. A
 * delete may be forwarded without an earlier result.
 */
export const responseJoinNode = (node: ResponseJoinNode): ProcessorNode => {
  const { id, responses, left, store } = node;
  const settled = (kept: boolean): ProcessorNode => {
    if (kept && store === undefined) {
      throw new ConfigError(
        `${id} needs a serde for the result, since a later step looks it up: add { value } to the join`,
      );
    }
    return {
      kind: 'processor',
      id,
      operator: 'foreign-key-join',
      inputs: [responses, { by: 'lookup', from: left }],
      stores: kept && store !== undefined ? [store] : [],
      key: 'kept',
      value: 'changed',
      copartitioned: true,
      open: (context) => [join(context, node, kept ? store : undefined)],
      lookup: (context) => {
        const rows = context.store(store as NonNullable<typeof store>);
        return { get: (key) => rows.row(key) };
      },
    };
  };
  const resolve: ProcessorNode['resolve'] = ({ before, lookup }) => settled(node.kept || before === true || lookup);
  return { ...settled(node.kept), resolve };
};

const join = (
  context: Context<unknown, Change<unknown>>,
  { hashOf, keepsLeft, joiner }: ResponseJoinNode,
  store: ResponseJoinNode['store'],
) => {
  const lefts = context.lookup<unknown, unknown>(0);
  const rows = store && context.store(store);
  return ({ key, timestamp, headers, value: response }: StreamRecord<unknown, SubscriptionResponse>) => {
    const left = lefts.get(key);
    if (!sameHash(response.hash, left && hashOf(left.value, key))) return context.drop('stale-response');
    const isLost = response.value === undefined && (!keepsLeft || left === undefined);
    const after = isLost ? undefined : (joiner(left?.value, response.value, key) ?? undefined);
    const before = rows?.get(key);
    if (after === undefined) rows?.delete(key, timestamp);
    else rows?.put(key, after, timestamp);
    context.forward(record(key, change(before, after, rows !== undefined), timestamp, headers));
  };
};

const sameHash = (one: Bytes | undefined, other: Bytes | undefined): boolean =>
  one === undefined || other === undefined ? one === other : equalBytes(one, other);

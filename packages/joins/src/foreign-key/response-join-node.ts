import type { AnyJoiner } from '@kstreams/core/dsl';
import {
  type AnyProcess,
  type AnySerde,
  type Bytes,
  type Change,
  ConfigError,
  type Context,
  change,
  type Edge,
  equalBytes,
  type NodeId,
  type ProcessorNode,
  type Row,
  record,
  type StoreSpec,
  type StreamRecord,
  withValue,
} from '@kstreams/core/graph';
import type { KeyValueStore } from '@kstreams/core/state';
import type { SubscriptionRequest, SubscriptionResponse } from './subscription-messages.js';

/** The parts of the node that joins responses. */
export interface ResponseJoinNode {
  readonly id: NodeId;
  readonly responses: Edge;
  readonly left: NodeId;
  /** The node that sends the subscription requests of the left table. */
  readonly request: NodeId;
  /** The sink of repeated subscription requests; only of inner joins. */
  readonly repeats: NodeId | undefined;
  readonly keepsLeft: boolean;
  readonly joiner: AnyJoiner;
  /** Returns the foreign key of a left row, if it has one. */
  readonly foreignOf: (value: unknown, key: unknown) => unknown;
  /** Returns the hash of a foreign key, which a response must have to count. */
  readonly hashOf: (foreign: unknown) => Bytes;
  readonly leftKey: AnySerde;
  /** The store of results; undefined if their serde is unknown. */
  readonly store: StoreSpec<KeyValueStore<unknown, unknown>> | undefined;
  /** True when results are always stored, even if no later step needs them. */
  readonly kept: boolean;
}

/**
 * Joins responses with the left rows that requested them, as last forwarded to the requests. A response counts while the
 * row has the foreign key of its request; a stale one is dropped, since the current one follows. A delete may be forwarded
 * without an earlier result.
 *
 * In an inner join a subscription's last response may arrive when the row has been deleted and added again, and had no
 * response since. A result may be left from before, so the row's request is then repeated, to be responded to in any case.
 */
export const responseJoinNode = (node: ResponseJoinNode): ProcessorNode => {
  const { id, request, responses, left, store } = node;
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
      inputs: [responses, { by: 'lookup', from: left, along: { to: request, input: 0 } }],
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
  const resolve: ProcessorNode['resolve'] = ({ before, lookup }) => settled(node.kept || before || lookup !== false);
  return { ...settled(node.kept), resolve };
};

const join = (context: Context<unknown, Change<unknown>>, node: ResponseJoinNode, store: ResponseJoinNode['store']) => {
  const { foreignOf, hashOf, joiner, keepsLeft } = node;
  const lefts = context.lookup<unknown, unknown>(0);
  const rows = store && context.store(store);
  const repeat = repeatRequest(context, node);
  return ({ key, timestamp, headers, value: response }: StreamRecord<unknown, SubscriptionResponse>) => {
    const left = lefts.get(key);
    const foreign = left && foreignOf(left.value, key);
    const hash = foreign === undefined ? undefined : hashOf(foreign);
    const isCurrent = sameHash(response.hash, hash);
    if (response.ended && foreign !== undefined) {
      if (isCurrent || response.hash === undefined)
        repeat?.(record(foreign, key, Math.max(timestamp, (left as Row<unknown>).timestamp), headers));
      return;
    }
    if (!isCurrent) return response.ended ? undefined : context.drop('stale-response');
    const isLost = response.value === undefined && (!keepsLeft || left === undefined);
    const after = isLost ? undefined : (joiner(left?.value, response.value, key) ?? undefined);
    const before = rows?.get(key);
    if (after === undefined) rows?.delete(key, timestamp);
    else rows?.put(key, after, timestamp);
    context.forward(record(key, change(before, after, rows !== undefined), timestamp, headers));
  };
};

/** Returns a process that repeats the request of a left row: a record of its foreign key and its key. */
const repeatRequest = (
  context: Context<unknown, Change<unknown>>,
  { hashOf, leftKey, repeats }: ResponseJoinNode,
): AnyProcess | undefined => {
  if (repeats === undefined) return undefined;
  const send = context.child(repeats) as AnyProcess;
  const at = { topic: repeats, headers: [] };
  const { partition } = context.task;
  return (from: StreamRecord<unknown, unknown>) => {
    const [hash, primary] = [hashOf(from.key), leftKey.encode(from.value, at)];
    const request: SubscriptionRequest = { instruction: 'respond-always', hash, primary, partition };
    send(withValue(from, request));
  };
};

const sameHash = (one: Bytes | undefined, other: Bytes | undefined): boolean =>
  one === undefined || other === undefined ? one === other : equalBytes(one, other);

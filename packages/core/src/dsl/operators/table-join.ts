import { type Change, change } from '../../graph/change.js';
import type { NodeId, ProcessorNode, Requirements } from '../../graph/node.js';
import type { AnyContext, AnyProcess } from '../../graph/processor.js';
import { record, type StreamRecord } from '../../graph/record.js';
import type { AnySerde } from '../../graph/serde.js';
import type { Row, StoreSpec } from '../../graph/store.js';
import { type KeyValueStore, keyValue } from '../../state/key-value.js';
import { type ChainPosition, resultSerde, serdeOf, stepName } from '../chain.js';
import type { AnyJoiner, JoinKind, JoinResult } from '../join-condition.js';
import type { Named } from '../options.js';

/** Appends a join of two tables by their common key; a name keeps the result in a store. */
export const appendKeyedTableJoin = (
  kind: JoinKind,
  left: ChainPosition,
  right: ChainPosition,
  joiner: AnyJoiner,
  { name, value }: Named & { readonly value?: AnySerde },
): JoinResult => {
  const { chain } = left;
  const { id, named } = stepName(chain, 'table-join', name);
  const serdes = named && {
    key: serdeOf(left, 'key', id),
    value: resultSerde(chain, value, 'value', id, 'result'),
  };
  const store = serdes ? keyValue<unknown, unknown>(id, serdes) : undefined;
  chain.graph.append(tableJoinNode(id, kind, left.node, right.node, joiner, store));
  return { position: { ...left, node: id, partitioned: true }, rows: { store } };
};

/**
 * Joins two tables by key. A change of either side looks up the other side's row, as it was last forwarded to the join: old
 * results are then those that were sent. If one update changes both sides, the first change already joins the new rows, and
 * the second repeats that result. The result has the larger timestamp of both rows. As in Kafka Streams, a delete is
 * forwarded if the required sides existed, even if there was no result.
 */
const tableJoinNode = (
  id: NodeId,
  kind: JoinKind,
  left: NodeId,
  right: NodeId,
  joiner: AnyJoiner,
  store: StoreSpec<KeyValueStore<unknown, unknown>> | undefined,
): ProcessorNode => {
  const settled = ({ before }: Requirements): ProcessorNode => ({
    kind: 'processor',
    id,
    operator: 'table-join',
    inputs: [
      { by: 'pipeline', from: left, before: before || kind !== 'inner' },
      { by: 'pipeline', from: right, before: before || kind === 'outer' },
      { by: 'lookup', from: left, along: { to: id, input: 0 } },
      { by: 'lookup', from: right, along: { to: id, input: 1 } },
    ],
    stores: store === undefined ? [] : [store],
    key: 'kept',
    value: 'changed',
    keyLocal: true,
    copartitioned: true,
    open: (context) => {
      const result = emitter(context, store, before);
      return [
        side(context, kind, 0, joiner, before, result),
        side(context, mirrored(kind), 1, (right, left, key) => joiner(left, right, key), before, result),
      ];
    },
    lookup: (context) => {
      if (store !== undefined) {
        const rows = context.store(store);
        return { get: (key) => rows.row(key) };
      }
      const [one, other] = [context.lookup(0), context.lookup(1)];
      const ahead = (key: unknown) =>
        joinedRow(kind, joiner, key, (one.ahead ?? one.get)(key), (other.ahead ?? other.get)(key));
      return {
        get: (key) => joinedRow(kind, joiner, key, one.get(key), other.get(key)),
        ahead: one.ahead || other.ahead ? ahead : undefined,
      };
    },
  });
  return { ...settled({ before: false, lookup: false }), resolve: settled };
};

/** The kind of the join, seen from the side that changed; `right` is a left join seen from the right. */
type Side = JoinKind | 'right';

const mirrored = (kind: JoinKind): Side => (kind === 'left' ? 'right' : kind);

const side = (
  context: AnyContext,
  kind: Side,
  index: 0 | 1,
  joiner: AnyJoiner,
  before: boolean,
  result: (from: StreamRecord<unknown, unknown>, old: unknown, next: unknown, at: number) => void,
): AnyProcess => {
  const own = context.lookup<unknown, unknown>(index);
  const others = context.lookup<unknown, unknown>(index === 0 ? 1 : 0);
  const needsOther = kind === 'inner' || kind === 'right';
  const keepsOther = kind === 'outer' || kind === 'right';
  return (from: StreamRecord<unknown, Change<unknown>>) => {
    const { key, timestamp, value } = from;
    if (key === null || key === undefined) return context.drop('null-key');
    if (!value.latest) return context.drop('out-of-order');
    const joined = own.arrived?.(key);
    const mine = joined === undefined ? value.before : joined.row?.value;
    if (joined !== undefined && mine === undefined && value.after === undefined && !keepsOther) return;
    const old = others.get(key);
    const other = others.ahead === undefined ? old : others.ahead(key);
    if (old === undefined && other === undefined && (needsOther || (value.after === undefined && mine === undefined)))
      return;
    const combine = (mine: unknown, other: Row<unknown> | undefined): unknown => {
      if (other === undefined ? needsOther || mine === undefined : mine === undefined && !keepsOther) return undefined;
      return joiner(mine, other?.value, key) ?? undefined;
    };
    const at = other === undefined ? timestamp : Math.max(timestamp, other.timestamp);
    result(from, before ? combine(mine, old) : undefined, combine(value.after, other), at);
  };
};

const emitter = (
  context: AnyContext,
  store: StoreSpec<KeyValueStore<unknown, unknown>> | undefined,
  before: boolean,
) => {
  const rows = store && context.store(store);
  return (from: StreamRecord<unknown, unknown>, old: unknown, next: unknown, at: number): void => {
    if (next === undefined) rows?.delete(from.key, at);
    else rows?.put(from.key, next, at);
    context.forward(record(from.key, change(old, next, before), at, from.headers));
  };
};

const joinedRow = (
  kind: JoinKind,
  joiner: AnyJoiner,
  key: unknown,
  left: Row<unknown> | undefined,
  right: Row<unknown> | undefined,
): Row<unknown> | undefined => {
  const missing = kind === 'inner' ? !left || !right : kind === 'left' ? !left : !left && !right;
  if (missing) return undefined;
  const value = joiner(left?.value, right?.value, key) ?? undefined;
  const timestamp = Math.max(left?.timestamp ?? -1, right?.timestamp ?? -1);
  return value === undefined ? undefined : { value, timestamp };
};

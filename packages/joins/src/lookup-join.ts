import {
  type AnyJoiner,
  type Context,
  type Edge,
  keyedEdge,
  type Meeting,
  type Met,
  type StreamRecord,
  stepName,
  withValue,
} from '@kstreams/core';

/**
 * Joins a stream with a table that it looks up: by the record's own key, or by another one for a global table.
 *
 * Only the stream's records make results; key, timestamp and headers are theirs. A null value is dropped. Where there is no row
 * an inner join has no result and a left join gives the joiner `undefined`. A null key (for a global table: a null chosen
 * key) is dropped by an inner join and joined with `undefined` by a
 * left join.
 */
export const lookupJoin = (
  { kind, left, right, rightIs, joiner, name }: Meeting,
  keyOf?: (value: unknown, key: unknown) => unknown,
): Met => {
  const { chain } = left;
  const { id, named } = stepName(chain, kind === 'left' ? 'left-join' : 'join', name);
  const input: Edge = rightIs === 'global' ? { by: 'pipeline', from: left.node } : keyedEdge(left, id, named, 'left ');
  chain.graph.append({
    kind: 'processor',
    id,
    operator: 'lookup-join',
    inputs: [input, { by: 'lookup', from: right.node }],
    stores: [],
    key: 'kept',
    value: 'changed',
    nullKeys: kind === 'left',
    copartitioned: rightIs === 'table',
    open: (context) => [lookUp(context, kind === 'left', joiner, keyOf)],
  });
  const partitioned = rightIs === 'global' ? left.partitioned : true;
  return { position: { ...left, node: id, partitioned }, rows: {} };
};

const lookUp = (
  context: Context<unknown, unknown>,
  keepsLeft: boolean,
  joiner: AnyJoiner,
  keyOf: ((value: unknown, key: unknown) => unknown) | undefined,
) => {
  const { get, asOf } = context.lookup<unknown, unknown>(0);
  return (from: StreamRecord<unknown, unknown>) => {
    const { key, value } = from;
    if (value === null || value === undefined) return context.drop('null-value');
    const wanted = keyOf === undefined ? key : keyOf(value, key);
    const missing = wanted === null || wanted === undefined;
    if (missing && !keepsLeft) return context.drop('null-key');
    const row = missing ? undefined : asOf === undefined ? get(wanted) : asOf(wanted, from.timestamp);
    if (row === undefined && !keepsLeft) return;
    context.forward(withValue(from, joiner(value, row?.value, key)));
  };
};

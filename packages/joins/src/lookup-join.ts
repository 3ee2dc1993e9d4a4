import { type AnyJoiner, type JoinRequest, type JoinResult, keyedEdge, stepName } from '@kstreams/core/dsl';
import { type Context, type Edge, record, type StoreSpec, type StreamRecord, withValue } from '@kstreams/core/graph';
import type { TimeBuffer } from '@kstreams/core/state';
import type { BufferedValue } from './buffered-serde.js';
import { graceBuffer } from './grace-buffer.js';

/**
 * Joins a stream with a table that it looks up: by the record's own key, or by another one for a global table.
 *
 * Only the stream's records make results; key, timestamp and headers are theirs. A row is looked up as it was at the
 * record's timestamp where the table knows its history. A null value is dropped. Where there is no row an inner join has
 * no result and a left join gives the joiner `undefined`. A null key (for a global table: a null chosen key) is dropped
 * by an inner join and joined with `undefined` by a left join.
 *
 * With a grace, records wait in the order of time until the largest timestamp of those that came is that much past
 * theirs, so that rows that come late are met. What is older already is joined at once, and so is a null key.
 */
export const lookupJoin = (request: JoinRequest, keyOf?: (value: unknown, key: unknown) => unknown): JoinResult => {
  const { kind, left, right, rightIs, joiner, name } = request;
  const { chain } = left;
  const { id, named } = stepName(chain, kind === 'left' ? 'left-join' : 'join', name);
  const input: Edge = rightIs === 'global' ? { by: 'pipeline', from: left.node } : keyedEdge(left, id, named, 'left ');
  const buffer = graceBuffer(id, named, request);
  chain.graph.append({
    kind: 'processor',
    id,
    operator: 'lookup-join',
    inputs: [input, { by: 'lookup', from: right.node }],
    stores: buffer === undefined ? [] : [buffer.store],
    key: 'kept',
    value: 'changed',
    nullKeys: kind === 'left',
    copartitioned: rightIs === 'table',
    open: (context) => {
      const join = joinWith(context, kind === 'left', joiner);
      const door = buffer === undefined ? join : buffered(context, buffer, join);
      return [refuse(context, kind === 'left', keyOf, join, door)];
    },
  });
  const partitioned = rightIs === 'global' ? left.partitioned : true;
  return { position: { ...left, node: id, partitioned }, rows: {} };
};

/** Joins a record with the row of a key; undefined is a key of no row. */
type Join = (from: StreamRecord<unknown, unknown>, wanted: unknown) => void;

/** Drops what cannot be joined; what has no key to look up is joined at once. */
const refuse =
  (
    context: Context<unknown, unknown>,
    keepsLeft: boolean,
    keyOf: ((value: unknown, key: unknown) => unknown) | undefined,
    join: Join,
    door: Join,
  ) =>
  (from: StreamRecord<unknown, unknown>) => {
    const { key, value } = from;
    if (value === null || value === undefined) return context.drop('null-value');
    const wanted = keyOf === undefined ? key : keyOf(value, key);
    if (wanted !== null && wanted !== undefined) return door(from, wanted);
    return keepsLeft ? join(from, undefined) : context.drop('null-key');
  };

const joinWith = (context: Context<unknown, unknown>, keepsLeft: boolean, joiner: AnyJoiner): Join => {
  const { get, asOf } = context.lookup<unknown, unknown>(0);
  return (from, wanted) => {
    const row = wanted === undefined ? undefined : asOf === undefined ? get(wanted) : asOf(wanted, from.timestamp);
    if (row === undefined && !keepsLeft) return;
    context.forward(withValue(from, joiner(from.value, row?.value, from.key)));
  };
};

/** Lets records wait, and joins those whose time has come, by time, then by their keys' bytes. */
const buffered = (
  context: Context<unknown, unknown>,
  { grace, store }: { readonly grace: number; readonly store: StoreSpec<TimeBuffer<unknown, BufferedValue<unknown>>> },
  join: Join,
): Join => {
  const waiting = context.store(store);
  const moveOn = (time: number): void => {
    const horizon = waiting.observe(time) - grace;
    for (let next = waiting.first(); next !== undefined && next.time <= horizon; next = waiting.first()) {
      join(record(next.key, next.value.value, next.time, next.value.headers), next.key);
      waiting.removeFirst();
    }
  };
  const clock = context.clock(moveOn);
  return (from, wanted) => {
    const { key, timestamp, value, headers } = from;
    if (timestamp < waiting.observed - grace) join(from, wanted);
    else waiting.put(timestamp, key, { value, headers });
    moveOn(clock(timestamp));
  };
};

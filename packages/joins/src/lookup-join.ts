import { type AnyJoiner, type JoinRequest, type JoinResult, keyedEdge, serdeOf, stepName } from '@kstreams/core/dsl';
import {
  ConfigError,
  type Context,
  type Edge,
  record,
  type StoreSpec,
  type StreamRecord,
  toMilliseconds,
  withValue,
} from '@kstreams/core/graph';
import { type TimeBuffer, timeBuffer } from '@kstreams/core/state';
import { type BufferedRecord, bufferedRecordSerde } from './buffered-record-serde.js';

/**
 * Joins a stream with a table by looking up rows: by the record's own key, or by the key that `keyOf` picks from a global
 * table.
 *
 * Only records of the stream make results, with their key, timestamp and headers. With a history, the table's row is the
 * one at the record's timestamp. Null values are dropped. Without a row, an inner join has no result and a left join
 * passes `undefined` to the joiner. An inner join drops null keys; a left join treats them as keys without a row.
 *
 * With a grace, records are buffered until stream time is that much past their timestamp, so that late rows are found.
 * Older records and null keys are joined at once.
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
    keyLocal: buffer === undefined,
    nullKeys: kind === 'left',
    copartitioned: rightIs === 'table',
    open: (context) => {
      const join = joinWith(context, kind === 'left', joiner);
      const take = buffer === undefined ? join : buffered(context, buffer, join);
      return [checked(context, kind === 'left', keyOf, join, take)];
    },
  });
  const partitioned = rightIs === 'global' ? left.partitioned : true;
  return { position: { ...left, node: id, partitioned }, rows: {} };
};

/** Joins a record with the row of a key; undefined for no row. */
type Join = (from: StreamRecord<unknown, unknown>, rightKey: unknown) => void;

/** The buffer of a join with a grace, and the grace in ms. */
interface GraceBuffer {
  readonly grace: number;
  readonly store: StoreSpec<TimeBuffer<unknown, BufferedRecord<unknown>>>;
}

const graceBuffer = (
  id: string,
  named: boolean,
  { grace, left, rightIs, rightRows }: JoinRequest,
): GraceBuffer | undefined => {
  if (grace === undefined) return undefined;
  const wait = toMilliseconds(grace, `the grace of ${id}`);
  const { history } = rightRows;
  if (rightIs !== 'table' || history === undefined) {
    throw new ConfigError(
      `${id} has a grace, but its table keeps no old rows: give the table a { history } of at least ${wait} ms`,
    );
  }
  if (history < wait) {
    throw new ConfigError(
      `${id} waits for ${wait} ms, but its table has a history of ${history} ms only: give it a longer { history }`,
    );
  }
  const store = timeBuffer<unknown, BufferedRecord<unknown>>(`${id}-buffer`, {
    key: serdeOf(left, 'key', id, 'left key'),
    value: bufferedRecordSerde(serdeOf(left, 'value', id, 'left value')),
    keys: 'repeated',
    named,
  });
  return { grace: wait, store };
};

/** Drops records that cannot be joined, and joins records without a right key at once. */
const checked =
  (
    context: Context<unknown, unknown>,
    keepsLeft: boolean,
    keyOf: ((value: unknown, key: unknown) => unknown) | undefined,
    join: Join,
    take: Join,
  ) =>
  (from: StreamRecord<unknown, unknown>) => {
    const { key, value } = from;
    if (value === null || value === undefined) return context.drop('null-value');
    const rightKey = keyOf === undefined ? key : keyOf(value, key);
    if (rightKey !== null && rightKey !== undefined) return take(from, rightKey);
    return keepsLeft ? join(from, undefined) : context.drop('null-key');
  };

const joinWith = (context: Context<unknown, unknown>, keepsLeft: boolean, joiner: AnyJoiner): Join => {
  const { get, asOf } = context.lookup<unknown, unknown>(0);
  return (from, rightKey) => {
    const row =
      rightKey === undefined ? undefined : asOf === undefined ? get(rightKey) : asOf(rightKey, from.timestamp);
    if (row === undefined && !keepsLeft) return;
    context.forward(withValue(from, joiner(from.value, row?.value, from.key)));
  };
};

/** Buffers records and joins them when their grace is over, in the order of time, then of key bytes. */
const buffered = (context: Context<unknown, unknown>, { grace, store }: GraceBuffer, join: Join): Join => {
  const buffer = context.store(store);
  const advance = (time: number): void => {
    const horizon = buffer.observe(time) - grace;
    for (let next = buffer.first(); next !== undefined && next.time <= horizon; next = buffer.first()) {
      join(record(next.key, next.value.value, next.time, next.value.headers), next.key);
      buffer.removeFirst();
    }
  };
  const clock = context.clock(advance);
  return (from, rightKey) => {
    const { key, timestamp, value, headers } = from;
    if (timestamp < buffer.observed - grace) join(from, rightKey);
    else buffer.put(timestamp, key, { value, headers });
    advance(clock(timestamp));
  };
};

import {
  type AnyJoiner,
  type Context,
  type DropReason,
  type Edge,
  type JoinBuffer,
  type JoinKind,
  type NodeId,
  type ProcessorNode,
  record,
  type Side,
  type StoreSpec,
  type StreamRecord,
  type UnmatchedStore,
} from '@kstreams/core';

/** How far the right record may lie before and after the left one, and how long the unmatched wait, in ms. */
export interface JoinWindow {
  readonly before: number;
  readonly after: number;
  readonly grace: number;
}

type Buffer = JoinBuffer<unknown, unknown>;
type Waiting = UnmatchedStore<unknown, unknown, unknown>;

/** What a join of two streams is made of. */
export interface StreamJoin {
  readonly id: NodeId;
  readonly kind: JoinKind;
  readonly window: JoinWindow;
  readonly joiner: AnyJoiner;
  readonly inputs: readonly [left: Edge, right: Edge];
  readonly left: StoreSpec<Buffer>;
  readonly right: StoreSpec<Buffer>;
  /** Where records wait that may yet be emitted alone; an inner join has none. */
  readonly waiting: StoreSpec<Waiting> | undefined;
}

/**
 * Joins two streams within a time.
 *
 * A record first enters its own side's buffer, then meets what the other side holds in its window: in the order of time,
 * then of arrival; a result has the larger timestamp. Null values are dropped, null keys too by an inner join; a left or
 * outer join emits a null-keyed record of a kept side alone at once.
 *
 * What has met nobody waits, if its side is kept: once stream time (of both sides together) has passed its window and
 * grace it is emitted alone, with its own timestamp. A record whose window has passed when it comes is emitted alone at
 * once, even within the grace, as in Kafka Streams 4.4.
 */
export const streamJoinNode = (join: StreamJoin): ProcessorNode => {
  const { id, inputs, kind, left, right, waiting } = join;
  return {
    kind: 'processor',
    id,
    operator: 'stream-join',
    inputs,
    stores: waiting === undefined ? [left, right] : [left, right, waiting],
    key: 'kept',
    value: 'changed',
    nullKeys: kind !== 'inner',
    copartitioned: true,
    open: (context) => {
      const meeting = openMeeting(context, join);
      return [door(context, join, 'left', meeting), door(context, join, 'right', meeting)];
    },
  };
};

/** What both doors share. */
interface OpenMeeting {
  readonly buffers: Readonly<Record<Side, Buffer>>;
  readonly waiting: Waiting | undefined;
  readonly emit: (
    side: Side,
    key: unknown,
    mine: unknown,
    other: unknown,
    at: number,
    from: StreamRecord<unknown, unknown>,
  ) => void;
  /** How long after its own timestamp a record of this side may be met. */
  readonly reach: Readonly<Record<Side, number>>;
}

const openMeeting = (
  context: Context<unknown, unknown>,
  { joiner, left, right, waiting, window }: StreamJoin,
): OpenMeeting => ({
  buffers: { left: context.store(left), right: context.store(right) },
  waiting: waiting && context.store(waiting),
  emit: (side, key, mine, other, at, from) => {
    const value = side === 'left' ? joiner(mine, other, key) : joiner(other, mine, key);
    context.forward(record(key, value, at, from.headers));
  },
  reach: { left: window.after, right: window.before },
});

const door = (context: Context<unknown, unknown>, { kind, window }: StreamJoin, side: Side, meeting: OpenMeeting) => {
  const drop = (reason: DropReason) => context.drop(reason);
  const other: Side = side === 'left' ? 'right' : 'left';
  const kept = kind === 'outer' || (kind === 'left' && side === 'left');
  const [back, ahead] = side === 'left' ? [window.before, window.after] : [window.after, window.before];
  const { buffers, emit, waiting } = meeting;
  return (from: StreamRecord<unknown, unknown>): unknown => {
    const { key, timestamp, value } = from;
    const streamTime = waiting === undefined ? timestamp : observe(waiting, timestamp);
    if (value === null || value === undefined) return drop('null-value');
    if (key === null || key === undefined) {
      return kept ? emit(side, key, value, undefined, timestamp, from) : drop('null-key');
    }
    if (!buffers[side].add(key, timestamp, value)) drop('expired');
    if (waiting !== undefined && timestamp === streamTime) sweep(meeting, waiting, window, ahead, from);
    let met = false;
    for (const one of buffers[other].probe(key, timestamp - back, timestamp + ahead)) {
      met = true;
      waiting?.remove(one.timestamp, other, key);
      emit(side, key, value, one.value, Math.max(timestamp, one.timestamp), from);
    }
    if (met || !kept || waiting === undefined) return undefined;
    if (timestamp + ahead < streamTime) return emit(side, key, value, undefined, timestamp, from);
    waiting.tick({ observed: streamTime, oldest: Math.min(waiting.clocks.oldest, timestamp) });
    return waiting.add(timestamp, side, key, value);
  };
};

/** Moves the stream time of both sides together on, and answers it. */
const observe = (waiting: Waiting, timestamp: number): number => {
  const { observed, oldest } = waiting.clocks;
  if (timestamp <= observed) return observed;
  waiting.tick({ observed: timestamp, oldest });
  return timestamp;
};

/** Emits the waiting records whose window and grace have passed, until the first of each side whose have not. */
const sweep = (
  { emit, reach }: OpenMeeting,
  waiting: Waiting,
  { grace }: JoinWindow,
  ahead: number,
  from: StreamRecord<unknown, unknown>,
): void => {
  const { observed, oldest } = waiting.clocks;
  if (oldest + ahead + grace >= observed) return;
  const open = { left: false, right: false };
  // Where the sweep ends is where, as in Kafka Streams, the next one may begin.
  let end = Number.POSITIVE_INFINITY;
  for (const { key, side, timestamp, values } of waiting.inOrder()) {
    end = timestamp;
    if (open.left && open.right) break;
    if (open[side] || timestamp + reach[side] + grace >= observed) {
      open[side] = true;
      // Kafka Streams goes record by record: the second of those that wait together ends the sweep already.
      if (values.length > 1 && open.left && open.right) break;
      continue;
    }
    for (const value of values) emit(side, key, value, undefined, timestamp, from);
    waiting.remove(timestamp, side, key);
  }
  waiting.tick({ observed, oldest: end });
};

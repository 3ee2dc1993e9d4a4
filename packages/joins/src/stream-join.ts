import type { AnyJoiner, JoinKind } from '@kstreams/core/dsl';
import {
  type Context,
  type DropReason,
  type Edge,
  type NodeId,
  noHeaders,
  type ProcessorNode,
  type RecordHeaders,
  record,
  type StoreSpec,
  type StreamRecord,
} from '@kstreams/core/graph';
import type { JoinBuffer } from './stores/join-buffer.js';
import type { Side, UnmatchedStore } from './stores/unmatched.js';
import { type EmitAlone, sweep } from './sweep.js';

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
      const request = openMeeting(context, join);
      return [door(context, join, 'left', request), door(context, join, 'right', request)];
    },
  };
};

/** What both doors share. */
interface OpenMeeting {
  readonly buffers: Readonly<Record<Side, Buffer>>;
  readonly waiting: Waiting | undefined;
  /** The clock of both sides together, for those that wait. */
  readonly clock: ((timestamp: number) => number) | undefined;
  readonly emit: (side: Side, key: unknown, mine: unknown, other: unknown, at: number, headers: RecordHeaders) => void;
  readonly alone: EmitAlone;
}

const openMeeting = (
  context: Context<unknown, unknown>,
  { joiner, left, right, waiting: unmatched, window }: StreamJoin,
): OpenMeeting => {
  const waiting = unmatched && context.store(unmatched);
  const emit: OpenMeeting['emit'] = (side, key, mine, other, at, headers) => {
    const value = side === 'left' ? joiner(mine, other, key) : joiner(other, mine, key);
    context.forward(record(key, value, at, headers));
  };
  const alone: EmitAlone = (side, key, value, at, headers) => emit(side, key, value, undefined, at, headers);
  const clockOf = (unmatched: Waiting) =>
    context.clock((time) => {
      observe(unmatched, time);
      sweep(unmatched, window, Math.min(window.before, window.after), alone, noHeaders);
    });
  return {
    buffers: { left: context.store(left), right: context.store(right) },
    waiting,
    clock: waiting && clockOf(waiting),
    emit,
    alone,
  };
};

const door = (context: Context<unknown, unknown>, { kind, window }: StreamJoin, side: Side, request: OpenMeeting) => {
  const drop = (reason: DropReason) => context.drop(reason);
  const other: Side = side === 'left' ? 'right' : 'left';
  const kept = kind === 'outer' || (kind === 'left' && side === 'left');
  const [back, ahead] = side === 'left' ? [window.before, window.after] : [window.after, window.before];
  const { alone, buffers, clock, emit, waiting } = request;
  const mine = context.clock((time) => buffers[side].observe(time));
  return ({ headers, key, timestamp, value }: StreamRecord<unknown, unknown>): unknown => {
    const counted = clock === undefined ? timestamp : clock(timestamp);
    const streamTime = waiting === undefined ? counted : observe(waiting, counted);
    if (value === null || value === undefined) return drop('null-value');
    if (key === null || key === undefined) return kept ? alone(side, key, value, timestamp, headers) : drop('null-key');
    if (!buffers[side].add(key, timestamp, value, mine(timestamp))) drop('expired');
    if (waiting !== undefined && counted === streamTime) sweep(waiting, window, ahead, alone, headers);
    let met = false;
    for (const one of buffers[other].probe(key, timestamp - back, timestamp + ahead)) {
      met = true;
      waiting?.remove(one.timestamp, other, key);
      emit(side, key, value, one.value, Math.max(timestamp, one.timestamp), headers);
    }
    if (met || !kept || waiting === undefined) return undefined;
    if (timestamp + ahead < streamTime) return alone(side, key, value, timestamp, headers);
    waiting.tick({ observed: streamTime, oldest: Math.min(waiting.clocks.oldest, timestamp) });
    return waiting.add(timestamp, side, key, value);
  };
};

/** Moves the stream time of both sides together on, and answers it. */
const observe = (waiting: Waiting, time: number): number => {
  const { observed, oldest } = waiting.clocks;
  if (time <= observed) return observed;
  waiting.tick({ observed: time, oldest });
  return time;
};

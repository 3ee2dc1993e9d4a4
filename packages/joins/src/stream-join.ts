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

/** The most that the right record may be before and after the left one, and the grace of unmatched records, in ms. */
export interface JoinWindow {
  readonly before: number;
  readonly after: number;
  readonly grace: number;
}

/** The times after which unmatched records are emitted without a later record, in ms. */
export interface JoinClosing {
  /** The idle time after which all are emitted. */
  readonly idleAfter: number | undefined;
  /** The time by which the wall clock has to be past the window and grace of a record. */
  readonly wallClock: number | undefined;
}

type Buffer = JoinBuffer<unknown, unknown>;
type Unmatched = UnmatchedStore<unknown, unknown, unknown>;

/** The parts of a join of two streams. */
export interface StreamJoin {
  readonly id: NodeId;
  readonly kind: JoinKind;
  readonly window: JoinWindow;
  readonly closing: JoinClosing;
  readonly joiner: AnyJoiner;
  readonly inputs: readonly [left: Edge, right: Edge];
  readonly left: StoreSpec<Buffer>;
  readonly right: StoreSpec<Buffer>;
  /** Records without a match that may still be emitted alone; an inner join has none. */
  readonly unmatched: StoreSpec<Unmatched> | undefined;
}

/**
 * Joins two streams within a time.
 *
 * A record first enters the buffer of its side, then is joined with the records of the other side in its window: in the
 * order of time, then of arrival. A result has the larger timestamp. Null values are dropped. An inner join drops null
 * keys; a left or outer join emits null-keyed records of a kept side alone at once.
 *
 * A record of a kept side without a match is emitted alone, with its own timestamp, once the stream time of both sides has
 * passed its window and grace. As in Kafka Streams 4.4, a record with a window that has already passed is emitted alone at
 * once, even within the grace.
 *
 * An idle time or the wall clock may close the join earlier, up to a time. Later records are not joined with those that
 * closed, so that no record is emitted alone by them and joined afterwards.
 */
export const streamJoinNode = (join: StreamJoin): ProcessorNode => {
  const { id, inputs, kind, left, right, unmatched } = join;
  return {
    kind: 'processor',
    id,
    operator: 'stream-join',
    inputs,
    stores: unmatched === undefined ? [left, right] : [left, right, unmatched],
    key: 'kept',
    value: 'changed',
    nullKeys: kind !== 'inner',
    copartitioned: true,
    open: (context) => {
      const state = openState(context, join);
      return [sideOf(context, join, 'left', state), sideOf(context, join, 'right', state)];
    },
  };
};

/** Emits a record without a match. */
type EmitAlone = (side: Side, key: unknown, value: unknown, timestamp: number, headers: RecordHeaders) => void;

/** The state of one task, shared by both sides. */
interface JoinState {
  readonly buffers: Readonly<Record<Side, Buffer>>;
  readonly unmatched: Unmatched | undefined;
  /** The clock of both sides together, for unmatched records. */
  readonly clock: ((timestamp: number) => number) | undefined;
  readonly emit: (side: Side, key: unknown, mine: unknown, other: unknown, at: number, headers: RecordHeaders) => void;
  readonly emitAlone: EmitAlone;
}

const openState = (context: Context<unknown, unknown>, { joiner, left, right, ...join }: StreamJoin): JoinState => {
  const { closing, window } = join;
  const unmatched = join.unmatched && context.store(join.unmatched);
  const emit: JoinState['emit'] = (side, key, mine, other, at, headers) => {
    const value = side === 'left' ? joiner(mine, other, key) : joiner(other, mine, key);
    context.forward(record(key, value, at, headers));
  };
  const emitAlone: EmitAlone = (side, key, value, at, headers) => emit(side, key, value, undefined, at, headers);
  const clockOf = (store: Unmatched) =>
    context.clock((time) => {
      observe(store, time);
      emitExpired(store, window, Math.min(window.before, window.after), emitAlone, noHeaders);
    });
  if (unmatched !== undefined) closeWithoutRecords(context, unmatched, window, closing, emitAlone);
  return {
    buffers: { left: context.store(left), right: context.store(right) },
    unmatched,
    clock: unmatched && clockOf(unmatched),
    emit,
    emitAlone,
  };
};

const sideOf = (context: Context<unknown, unknown>, { kind, window }: StreamJoin, side: Side, state: JoinState) => {
  const drop = (reason: DropReason) => context.drop(reason);
  const other: Side = side === 'left' ? 'right' : 'left';
  const keeps = (one: Side): boolean => kind === 'outer' || (kind === 'left' && one === 'left');
  const [kept, otherKept] = [keeps(side), keeps(other)];
  const [back, ahead] = side === 'left' ? [window.before, window.after] : [window.after, window.before];
  const { buffers, clock, emit, emitAlone, unmatched } = state;
  const ownClock = context.clock((time) => buffers[side].observe(time));
  return ({ headers, key, timestamp, value }: StreamRecord<unknown, unknown>): unknown => {
    const counted = clock === undefined ? timestamp : clock(timestamp);
    const before = unmatched?.clocks.observed;
    const streamTime = unmatched === undefined ? counted : observe(unmatched, counted);
    if (value === null || value === undefined) return drop('null-value');
    if (key === null || key === undefined)
      return kept ? emitAlone(side, key, value, timestamp, headers) : drop('null-key');
    if (!buffers[side].add(key, timestamp, value, ownClock(timestamp))) drop('expired');
    // After a restart the clock of an async stage begins at -1, so it is not compared with the time of the store.
    if (unmatched !== undefined && (streamTime !== before || timestamp === streamTime))
      emitExpired(unmatched, window, ahead, emitAlone, headers);
    let [matched, late] = [false, false];
    const open = unmatched !== undefined && otherKept ? unmatched.clocks.closed - back - window.grace : neverClosed;
    for (const one of buffers[other].probe(key, timestamp - back, timestamp + ahead)) {
      if (one.timestamp < open) {
        late = true;
        continue;
      }
      matched = true;
      unmatched?.remove(one.timestamp, other, key);
      emit(side, key, value, one.value, Math.max(timestamp, one.timestamp), headers);
    }
    if (late && (matched || !kept)) context.drop('late', streamTime - timestamp);
    if (matched || !kept || unmatched === undefined) return undefined;
    if (timestamp + ahead < streamTime) return emitAlone(side, key, value, timestamp, headers);
    unmatched.setClocks({ oldest: Math.min(unmatched.clocks.oldest, timestamp) });
    return unmatched.add(timestamp, side, key, value);
  };
};

/** Advances the stream time of both sides together, and returns it. */
const observe = (unmatched: Unmatched, time: number): number => {
  const { observed } = unmatched.clocks;
  if (time <= observed) return observed;
  unmatched.setClocks({ observed: time });
  return time;
};

const neverClosed = Number.NEGATIVE_INFINITY;

/** Emits unmatched records after an idle time, and when the wall clock is past their windows. */
const closeWithoutRecords = (
  context: Context<unknown, unknown>,
  unmatched: Unmatched,
  window: JoinWindow,
  { idleAfter, wallClock }: JoinClosing,
  emitAlone: EmitAlone,
): void => {
  const { after, before, grace } = window;
  if (idleAfter !== undefined)
    context.onIdle(idleAfter, () => closeUpTo(unmatched, window, Number.POSITIVE_INFINITY, emitAlone));
  if (wallClock === undefined) return;
  const nextClose = (): number =>
    Math.min(unmatched.earliest('left') + after, unmatched.earliest('right') + before) + grace + 1;
  context.onCaughtUp(
    () => nextClose() + wallClock,
    (at) => closeUpTo(unmatched, window, at - wallClock, emitAlone),
  );
};

/** Emits the unmatched records with a window and grace before a time, and advances the join to the end of the last one. */
const closeUpTo = (
  unmatched: Unmatched,
  { after, before, grace }: JoinWindow,
  time: number,
  emitAlone: EmitAlone,
): void => {
  let { closed } = unmatched.clocks;
  const shortest = Math.min(after, before) + grace;
  for (const { key, side, timestamp, values } of unmatched.inOrder()) {
    if (timestamp + shortest >= time) break;
    const closes = timestamp + (side === 'left' ? after : before) + grace + 1;
    if (closes > time) continue;
    for (const value of values) emitAlone(side, key, value, timestamp, noHeaders);
    unmatched.remove(timestamp, side, key);
    closed = Math.max(closed, closes);
  }
  unmatched.setClocks({ closed, observed: Math.max(unmatched.clocks.observed, closed) });
};

/**
 * Emits the unmatched records past their window and grace, up to the first of each side that is not. Reads no row while
 * even the oldest record cannot be past them.
 */
const emitExpired = (
  unmatched: Unmatched,
  { after, before, grace }: JoinWindow,
  ahead: number,
  emitAlone: EmitAlone,
  headers: RecordHeaders,
): void => {
  const { observed, oldest } = unmatched.clocks;
  if (oldest + ahead + grace >= observed) return;
  const open = { left: false, right: false };
  // As in Kafka Streams, the next pass may begin at the timestamp at which this one ends.
  let end = Number.POSITIVE_INFINITY;
  for (const { key, side, timestamp, values } of unmatched.inOrder()) {
    // Behind an async step records may arrive ahead of the time.
    end = Math.min(timestamp, observed);
    if (open.left && open.right) break;
    const reach = side === 'left' ? after : before;
    if (open[side] || timestamp + reach + grace >= observed) {
      open[side] = true;
      // Kafka Streams goes record by record: the second of those that wait together already ends the pass.
      if (values.length > 1 && open.left && open.right) break;
      continue;
    }
    for (const value of values) emitAlone(side, key, value, timestamp, headers);
    unmatched.remove(timestamp, side, key);
  }
  unmatched.setClocks({ oldest: end });
};

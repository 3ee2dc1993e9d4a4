import type { Change, Context, Edge, NodeId, ProcessorNode, StoreSpec, StreamRecord } from '@kstreams/core/graph';
import type { Windowed } from '../keys/windowed.js';
import type { WindowStore } from '../stores/window-store.js';
import { WindowContext } from './window-context.js';
import type { Aggregation, WindowKind } from './window-kind.js';

/** The parts of a windowed aggregation, with an edge and an aggregation per input. */
export interface WindowAggregate<K, A> {
  readonly id: NodeId;
  readonly kind: WindowKind;
  readonly inputs: readonly Edge[];
  readonly store: StoreSpec<WindowStore<K, A>>;
  readonly aggregations: readonly Aggregation<K, unknown, A>[];
}

/** Returns the id of the sink of late records. */
export const lateNode = (id: NodeId): NodeId => `${id}-late`;

/**
 * Keeps one aggregate per key and window.
 *
 * A record first advances the time of its input, then updates its windows, unless they are closed. Null keys are dropped.
 * As in Kafka Streams, null values reach the aggregator, except in sliding windows. On close, windows are emitted once,
 * in the order of their rows. All clocks are a row of the store, so a restart repeats and skips no window.
 *
 * As in Kafka Streams, each input of a cogroup has its own time for late records; on close they share one.
 */
export const windowNode = <K, A>(aggregate: WindowAggregate<K, A>): ProcessorNode => {
  const { aggregations, id, inputs, kind, store } = aggregate;
  const settled = (sendsOldValues: boolean): ProcessorNode => ({
    kind: 'processor',
    id,
    operator: 'window-aggregate',
    inputs,
    stores: [store],
    key: 'changed',
    value: 'changed',
    copartitioned: inputs.length > 1 && 'cogroup',
    open: (context: Context<Windowed<K>, Change<A>>) => {
      const rows = context.store(store);
      const forwardLate = kind.late && context.child(lateNode(id));
      const windows = new WindowContext(context, rows, kind, sendsOldValues, forwardLate as never);
      const step = kind.step<K, unknown, A>(windows);
      const onClose = kind.emit === 'on-close';
      const clocks = clocksOf(context, onClose ? 1 : inputs.length, (time, input) => {
        rows.observe(time, input);
        if (onClose) windows.emitClosedAt(time);
      });
      const { idleAfter, wallClock } = kind;
      if (idleAfter !== undefined) context.onIdle(idleAfter, () => windows.closeUpTo(Number.POSITIVE_INFINITY));
      if (wallClock !== undefined)
        context.onCaughtUp(
          () => windows.nextClose + wallClock,
          (at) => windows.closeUpTo(at - wallClock),
        );
      return aggregations.map((aggregation, input) => (record: StreamRecord<K, unknown>) => {
        const { key, value } = record;
        if (key === null || key === undefined) return context.drop('null-key');
        if (kind.nullValues === 'dropped' && (value === null || value === undefined)) return context.drop('null-value');
        const clock = onClose ? 0 : input;
        const counted = clocks[clock]?.(record.timestamp);
        windows.begin(record, rows.observe(record.timestamp, clock, counted));
        step(record, aggregation);
        if (onClose) windows.emitClosed();
      });
    },
    lookup: (context, mode) => {
      const rows = context.store(store);
      const closedOnly = mode === 'forwarded' && kind.emit === 'on-close';
      return {
        get: (window) => {
          const { end, key, start } = window as Windowed<K>;
          return closedOnly && end > rows.clocks.closed ? undefined : rows.get(key, start, end);
        },
      };
    },
  });
  return { ...settled(false), resolve: ({ before }) => settled(before !== false) };
};

/** Opens a clock per input; `advanced` is called when one advances without a record. */
const clocksOf = (
  context: Context<never, never>,
  count: number,
  advanced: (time: number, input: number) => void,
): readonly ((timestamp: number) => number)[] =>
  Array.from({ length: count }, (_, input) => context.clock((time) => advanced(time, input)));

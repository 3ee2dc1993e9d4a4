import type { Change, Context, Edge, NodeId, ProcessorNode, StoreSpec, StreamRecord } from '@kstreams/core/graph';
import type { WindowStore } from './stores/window-store.js';
import type { Aggregation, WindowKind } from './window-kind.js';
import { WindowTable } from './window-table.js';
import type { Windowed } from './windowed.js';

/** What a windowed aggregation is made of: an edge and an aggregation for each stream that adds to it. */
export interface WindowAggregate<K, A> {
  readonly id: NodeId;
  readonly kind: WindowKind;
  readonly inputs: readonly Edge[];
  readonly store: StoreSpec<WindowStore<K, A>>;
  readonly aggregations: readonly Aggregation<K, unknown, A>[];
}

/** The node to which late records go. */
export const lateNode = (id: NodeId): NodeId => `${id}-late`;

/**
 * Keeps one aggregate per key and window.
 *
 * The time of the record's input moves first; then the record is placed in its windows, unless they have closed. A null
 * key is dropped; a null value reaches the aggregator, but in sliding windows, as in Kafka Streams. On close, windows are
 * emitted once, in the order of their rows; all clocks are a row of the store, so a restart repeats and forgets nothing.
 *
 * Where several streams add up, each is late by its own time, as in Kafka Streams; on close they share one.
 */
export const windowNode = <K, A>(aggregate: WindowAggregate<K, A>): ProcessorNode => {
  const { aggregations, id, inputs, kind, store } = aggregate;
  const settled = (before: boolean): ProcessorNode => ({
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
      const late = kind.late && context.child(lateNode(id));
      const table = new WindowTable(context, rows, kind, before, late as never);
      const place = kind.place<K, unknown, A>(table);
      const onClose = kind.emit === 'on-close';
      const clocks = clocksOf(context, onClose ? 1 : inputs.length, (time, input) => {
        rows.observe(time, input);
        if (onClose) table.closeAt(time);
      });
      if (kind.idleAfter !== undefined) context.onIdle(kind.idleAfter, () => table.closeAll());
      return aggregations.map((aggregation, input) => (record: StreamRecord<K, unknown>) => {
        const { key, value } = record;
        if (key === null || key === undefined) return context.drop('null-key');
        if (kind.nullValues === 'dropped' && (value === null || value === undefined)) return context.drop('null-value');
        const clock = onClose ? 0 : input;
        const counted = clocks[clock]?.(record.timestamp);
        table.take(record, rows.observe(record.timestamp, clock, counted));
        place(record, aggregation);
        if (onClose) table.close();
      });
    },
    lookup: (context) => {
      const rows = context.store(store);
      return {
        get: (key) => {
          const window = key as Windowed<K>;
          return rows.get(window.key, window.start, window.end);
        },
      };
    },
  });
  return { ...settled(false), settle: ({ before }) => settled(before !== false) };
};

/** The clocks of a node's inputs; `moved` is told when one moves without a record. */
const clocksOf = (
  context: Context<never, never>,
  count: number,
  moved: (time: number, input: number) => void,
): readonly ((timestamp: number) => number)[] =>
  Array.from({ length: count }, (_, input) => context.clock((time) => moved(time, input)));

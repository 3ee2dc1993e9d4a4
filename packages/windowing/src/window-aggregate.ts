import {
  type Change,
  type Context,
  change,
  type Edge,
  type NodeId,
  type ProcessorNode,
  record,
  type StoreSpec,
  type StreamRecord,
  type WindowStore,
} from '@kstreams/core';
import type { Windowed } from './windowed.js';
import type { Emit, Windows } from './windows.js';

/** A kind of windows with its durations in ms. */
export interface WindowSettings {
  readonly windows: Windows;
  readonly grace: number;
  readonly retention: number;
  readonly emit: Emit;
}

/** The next aggregate of a window, from the one so far; `undefined` when there is none yet. */
export type NextInWindow<K, V, A> = (so: A | undefined, value: V, key: K) => A | null | undefined;

/**
 * Keeps one aggregate per key and window.
 *
 * The operator's own stream time moves first; then each window of the record is judged: it is late, and the record
 * dropped from it, once `end <= stream time - grace`. A null key is dropped; a null value reaches the aggregator, as in
 * Kafka Streams. A result's timestamp is the largest in its window. On close, windows are emitted once, by start, then by
 * key; both clocks are rows of the store, so a restart repeats and forgets nothing.
 */
export const windowAggregateNode = <K, V, A>(
  id: NodeId,
  edge: Edge,
  spec: StoreSpec<WindowStore<K, A>>,
  { windows, grace, emit }: WindowSettings,
  next: NextInWindow<K, V, A>,
): ProcessorNode => {
  const settled = (before: boolean): ProcessorNode => ({
    kind: 'processor',
    id,
    operator: 'window-aggregate',
    inputs: [edge],
    stores: [spec],
    key: 'changed',
    value: 'changed',
    open: (context: Context<Windowed<K>, Change<A>>) => {
      const rows = context.store(spec);
      const close = (upTo: number, headers: StreamRecord<K, V>['headers']): void => {
        for (const [window, { value, timestamp }] of rows.closing(upTo)) {
          context.forward(record(window, change<A>(undefined, value, false), timestamp, headers));
        }
      };
      return [
        ({ key, value, timestamp, headers }: StreamRecord<K | null, V>) => {
          if (key === null || key === undefined) return context.drop('null-key');
          const { closed, observed: seen } = rows.clocks;
          const observed = Math.max(seen, timestamp);
          rows.tick({ observed, closed });
          const closeTime = observed - grace;
          for (const { start, end } of windows.of(timestamp)) {
            if (end <= closeTime) {
              context.drop('late');
              continue;
            }
            const old = rows.get(key, start, end);
            const after = next(rows.draft(key, start, end, before), value, key) ?? undefined;
            const at = old === undefined ? timestamp : Math.max(timestamp, old.timestamp);
            rows.put(key, start, end, after, at);
            if (emit === 'on-update') {
              context.forward(
                record({ key, start, end }, change(before ? old?.value : undefined, after, before), at, headers),
              );
            }
          }
          if (emit === 'on-close' && closeTime > closed) {
            close(closeTime, headers);
            rows.tick({ observed, closed: closeTime });
          }
        },
      ];
    },
    lookup: (context) => {
      const rows = context.store(spec);
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

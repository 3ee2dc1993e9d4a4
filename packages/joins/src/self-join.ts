import type { AnyJoiner, JoinKind } from '@kstreams/core/dsl';
import {
  type Edge,
  type NodeId,
  type ProcessorNode,
  record,
  type StoreSpec,
  type StreamRecord,
} from '@kstreams/core/graph';
import type { JoinBuffer } from './stores/join-buffer.js';
import type { JoinWindow } from './stream-join.js';

/** The parts of a join of a stream with itself. */
export interface SelfJoin {
  readonly id: NodeId;
  readonly kind: JoinKind;
  readonly window: JoinWindow;
  readonly joiner: AnyJoiner;
  readonly input: Edge;
  readonly buffer: StoreSpec<JoinBuffer<unknown, unknown>>;
}

/**
 * Joins a stream with itself within a time, with one buffer for both sides.
 *
 * A record is first joined as the left one with all buffered records, then as the right one with the same and itself, in
 * the order of time. These are the results of two buffers, in their order. A record always matches itself, so left and
 * outer joins are inner ones. As in Kafka Streams 4.4, an expired record is joined with others only. Null keys and values
 * are dropped and advance no time.
 */
export const selfJoinNode = ({ id, kind, window, joiner, input, buffer }: SelfJoin): ProcessorNode => {
  const { before, after, grace } = window;
  return {
    kind: 'processor',
    id,
    operator: 'self-join',
    inputs: [input],
    stores: [buffer],
    key: 'kept',
    value: 'changed',
    nullKeys: kind !== 'inner',
    open: (context) => {
      const records = context.store(buffer);
      const clock = context.clock((time) => records.observe(time));
      return [
        ({ key, value, timestamp, headers }: StreamRecord<unknown, unknown>) => {
          if (value === null || value === undefined) return context.drop('null-value');
          if (key === null || key === undefined) return context.drop('null-key');
          const counted = clock(timestamp);
          const streamTime = Math.max(records.newest, counted);
          const emit = (left: unknown, right: unknown, at: number): void =>
            context.forward(record(key, joiner(left, right, key), at, headers));
          for (const other of records.probe(key, timestamp - before, timestamp + after))
            emit(value, other.value, Math.max(timestamp, other.timestamp));
          let matchesItself = timestamp > streamTime - (before + after + grace) + 1;
          for (const other of records.probe(key, timestamp - after, timestamp + before)) {
            if (matchesItself && other.timestamp > timestamp) {
              emit(value, value, timestamp);
              matchesItself = false;
            }
            emit(other.value, value, Math.max(timestamp, other.timestamp));
          }
          if (matchesItself) emit(value, value, timestamp);
          if (!records.add(key, timestamp, value, counted)) context.drop('expired');
        },
      ];
    },
  };
};

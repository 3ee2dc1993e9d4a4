/** The cases that are measured on a broker. */
import type { EmitStrategy } from '@kstreams/core';
import type { Guarantee } from 'kstreams';

/** A topology with its guarantee, and whether updates of a key are held until the commit. */
export interface BrokerCase {
  readonly name: string;
  /** The name of the topology of both sides. */
  readonly topology: string;
  readonly guarantee: Guarantee;
  readonly emit: EmitStrategy;
}

/** The bytes of Kafka Streams' cache, which holds updates until the commit. */
export const cacheBytes = 10 * 1024 * 1024;

export const brokerCases: readonly BrokerCase[] = [
  { name: 'pass-through', topology: 'pass-through', guarantee: 'at-least-once', emit: 'on-update' },
  { name: 'count', topology: 'count', guarantee: 'at-least-once', emit: 'on-update' },
  { name: 'count-held', topology: 'count', guarantee: 'at-least-once', emit: 'on-commit' },
  { name: 'tumbling-count', topology: 'tumbling-count', guarantee: 'at-least-once', emit: 'on-update' },
  { name: 'stream-table-join', topology: 'stream-table-join', guarantee: 'at-least-once', emit: 'on-update' },
  { name: 'count-exactly-once', topology: 'count', guarantee: 'exactly-once', emit: 'on-update' },
];

/** The clients of our side. */
export const clients = ['librdkafka', 'javascript'] as const;

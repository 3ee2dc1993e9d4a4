import type { Cancel, Telemetry } from '@kstreams/core/graph';
import { instruments } from '../telemetry/instruments.js';
import type { Metrics } from '../telemetry/metrics.js';
import type { TaskInput } from './partition-group.js';
import type { RecordQueue } from './record-queue.js';
import type { TaskOptions } from './task-options.js';

/** Adds the gauges of one partition, and counts it in those of its topic. Returns their removal. */
export const addQueueGauges = ({ telemetry, topics }: Metrics, queue: RecordQueue, input: TaskInput): Cancel => {
  const lag = (): number | undefined => input.lag?.(queue);
  const attributes = {
    'messaging.destination.name': queue.topic,
    'messaging.destination.partition.id': String(queue.partition),
  };
  const removals = [
    telemetry?.gauge(instruments.recordsBuffered, attributes, () => queue.buffered),
    telemetry?.gauge(instruments.lag, attributes, lag),
    topics?.add({ topic: queue.topic, lag, bufferedSize: () => queue.bufferedSize }),
  ];
  return () => {
    for (const remove of removals) remove?.();
  };
};

/** Adds the gauge of the records of a task that wait for values. Returns its removal. */
export const addParkedGauge = (
  telemetry: Telemetry,
  { partition, subtopology }: Pick<TaskOptions, 'partition' | 'subtopology'>,
  read: () => number,
): Cancel =>
  telemetry.gauge(
    instruments.recordsParked,
    { 'kstreams.subtopology': subtopology.id, 'messaging.destination.partition.id': String(partition) },
    read,
  );

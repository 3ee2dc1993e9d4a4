import type { Consumer } from '@kstreams/core/graph';
import type { RecordQueue } from '../task/record-queue.js';

/** Returns the number of offsets between the next record of a queue and the end of its partition. */
export const lagOf = (queue: RecordQueue, consumer: Consumer, end: number): number =>
  Math.max(0, end - (queue.received?.offset ?? consumer.position(queue) ?? end));

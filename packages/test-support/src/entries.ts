import type { StreamRecord } from '@kstreams/core';

/** Returns records as `[key, value, timestamp]`. */
export const entries = <K, V>(
  records: readonly StreamRecord<K, V>[],
): (readonly [key: K, value: V, timestamp: number])[] =>
  records.map(({ key, value, timestamp }) => [key, value, timestamp]);

import { noBytes, noHeaders, type Received } from '@kstreams/core';

/** Returns a record of partition 0 without bytes. Its timestamp is its offset. */
export const emptyRecord = (topic: string, offset: number): Received => ({
  topic,
  partition: 0,
  offset,
  timestamp: offset,
  key: noBytes,
  value: noBytes,
  headers: noHeaders,
});

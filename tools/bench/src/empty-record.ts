import { noBytes, noHeaders, type Received } from '@kstreams/core';

/** A record of partition 0 without bytes, as it was read: its offset is its timestamp too. */
export const emptyRecord = (topic: string, offset: number): Received => ({
  topic,
  partition: 0,
  offset,
  timestamp: offset,
  key: noBytes,
  value: noBytes,
  headers: noHeaders,
});

import type { Received } from '@kstreams/core/graph';

/** Where the record in hand was read, as its task moves it on. */
export interface SourceInHand {
  topic: string;
  partition: number;
  offset: number;
}

/** Makes a record the one in hand. */
export const moveTo = (source: SourceInHand, { offset, partition, topic }: Received): void => {
  source.topic = topic;
  source.partition = partition;
  source.offset = offset;
};

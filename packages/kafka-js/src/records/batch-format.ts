/** The header of a batch of records, version 2: the positions of its fields. */
export const header = {
  firstOffset: 0,
  length: 8,
  leaderEpoch: 12,
  version: 16,
  crc: 17,
  attributes: 21,
  lastOffsetDelta: 23,
  firstTimestamp: 27,
  maxTimestamp: 35,
  producerId: 43,
  producerEpoch: 51,
  firstSequence: 53,
  count: 57,
  records: 61,
} as const;

/** The bits of the attributes. */
export const attribute = { compression: 0b111, logAppendTime: 1 << 3, transactional: 1 << 4, control: 1 << 5 } as const;

/** The bytes of a batch before the counted ones. */
export const uncounted = header.leaderEpoch;

/** The version of the format of batches; brokers before Kafka 0.11 wrote others. */
export const batchVersion = 2;

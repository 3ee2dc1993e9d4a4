/** Returns the id of a topic as text, the same one on every transport: rows of state and offsets are kept under it. */
export const topicIdText = (mostSignificantBits: bigint, leastSignificantBits: bigint): string =>
  `${mostSignificantBits}.${leastSignificantBits}`;

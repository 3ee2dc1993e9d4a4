/** The greatest number of items and of bytes in a batch. */
export interface BatchBounds {
  readonly items?: number;
  readonly bytes: number;
}

/** Returns items in batches within limits, in order. An item larger than the limit is alone. */
export const batchesOf = <T>(
  all: readonly T[],
  sizeOf: (item: T) => number,
  { items = Number.POSITIVE_INFINITY, bytes }: BatchBounds,
): readonly (readonly T[])[] => {
  const batches: T[][] = [];
  let batch: T[] = [];
  let room = 0;
  for (const item of all) {
    const size = sizeOf(item);
    if (batch.length === 0 || batch.length === items || size > room) {
      batch = [];
      batches.push(batch);
      room = bytes;
    }
    batch.push(item);
    room -= size;
  }
  return batches;
};

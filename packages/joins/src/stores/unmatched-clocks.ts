import type { Bytes, StoreAccess } from '@kstreams/core/graph';
import { decodeNumbers, encodeNumbers, SingleRow } from '@kstreams/core/state';

/** The clocks of a left or outer join. They are a row of the store, so they survive a restart. */
export interface UnmatchedClocks {
  /** The largest timestamp of both sides; -1 before the first record. */
  readonly observed: number;
  /** A lower bound of the timestamps of unmatched records, which saves needless passes over them. */
  readonly oldest: number;
}

/** Opens the row of clocks of a store of unmatched records. */
export const unmatchedClocksRow = (key: Bytes, access: StoreAccess): SingleRow<UnmatchedClocks> =>
  new SingleRow(
    {
      key,
      initial: { observed: -1, oldest: Number.POSITIVE_INFINITY },
      encode: ({ observed, oldest }) => encodeNumbers([observed, oldest]),
      decode: (bytes) => {
        const [observed, oldest] = decodeNumbers(bytes) as [number, number];
        return { observed, oldest };
      },
      timestamp: ({ observed }) => Math.max(0, observed),
    },
    access,
  );

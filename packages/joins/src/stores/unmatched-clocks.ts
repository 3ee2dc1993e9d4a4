import type { Bytes, StoreAccess } from '@kstreams/core/graph';
import { decodeNumbers, encodeNumbers, SoleRow } from '@kstreams/core/state';

/** The clocks of a join whose unmatched records wait, kept as a row, so that a restart goes on with them. */
export interface UnmatchedClocks {
  /** The largest timestamp of both sides; -1 before the first record. */
  readonly observed: number;
  /** No record that may have to be emitted alone is older: what spares needless sweeps. */
  readonly oldest: number;
}

/** The row of the clocks of a store of unmatched records. */
export const unmatchedClocksRow = (key: Bytes, access: StoreAccess): SoleRow<UnmatchedClocks> =>
  new SoleRow(
    {
      key,
      beginning: { observed: -1, oldest: Number.POSITIVE_INFINITY },
      encode: ({ observed, oldest }) => encodeNumbers([observed, oldest]),
      decode: (bytes) => {
        const [observed, oldest] = decodeNumbers(bytes) as [number, number];
        return { observed, oldest };
      },
      timestamp: ({ observed }) => Math.max(0, observed),
    },
    access,
  );

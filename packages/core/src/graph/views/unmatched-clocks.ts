import type { Bytes } from '../bytes.js';
import type { StoreAccess } from '../store.js';
import { SoleRow } from './sole-row.js';

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
      encode: ({ observed, oldest }) => {
        const bytes = new Uint8Array(16);
        const view = new DataView(bytes.buffer);
        view.setFloat64(0, observed);
        view.setFloat64(8, oldest);
        return bytes;
      },
      decode: (bytes) => {
        const view = new DataView(bytes.buffer, bytes.byteOffset);
        return { observed: view.getFloat64(0), oldest: view.getFloat64(8) };
      },
      timestamp: ({ observed }) => Math.max(0, observed),
    },
    access,
  );

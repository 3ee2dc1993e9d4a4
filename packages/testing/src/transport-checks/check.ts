import type { Transport } from '@kstreams/core/graph';
import { TransportHarness } from './transport-harness.js';

/** How patient a check is. */
export interface CheckOptions {
  /** How long something that must come may take before the check fails, in ms; 30,000 unless set. */
  readonly patience?: number;
}

/** One thing that every transport must do. It passes when `run` resolves; what it throws says what was wrong. */
export interface TransportCheck {
  readonly name: string;
  /** Opens a transport, tries it with topics and groups of names of their own, and closes it. */
  readonly run: (open: () => Promise<Transport>, options?: CheckOptions) => Promise<void>;
}

/** Makes a check of what is to be tried. */
export const check = (name: string, body: (harness: TransportHarness) => Promise<void>): TransportCheck => ({
  name,
  run: async (open, { patience = 30_000 } = {}) => {
    const harness = new TransportHarness(await open(), patience);
    try {
      await body(harness);
    } finally {
      await harness.close();
    }
  },
});

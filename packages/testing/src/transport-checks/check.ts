import { checkCall, type OptionChecks, option, type Transport } from '@kstreams/core/graph';
import { TransportHarness } from './transport-harness.js';

/** Options of a check. */
export interface CheckOptions {
  /** The longest wait for an expected event, in ms; 30,000 by default. */
  readonly patience?: number;
}

const checks: OptionChecks<CheckOptions> = { patience: option.count };

/**
 * One requirement on every transport. `run` resolves if it holds, and throws an error that describes the difference
 * otherwise.
 */
export interface TransportCheck {
  readonly name: string;
  /** Opens a transport, checks it with topics and groups of unique names, and closes it. */
  readonly run: (open: () => Promise<Transport>, options?: CheckOptions) => Promise<void>;
}

/** Creates a check. */
export const check = (name: string, body: (harness: TransportHarness) => Promise<void>): TransportCheck => ({
  name,
  run: async (open, options = {}) => {
    checkCall('run', { open }, options, checks);
    const { patience = 30_000 } = options;
    const harness = new TransportHarness(await open(), patience);
    try {
      await body(harness);
    } finally {
      await harness.close();
    }
  },
});

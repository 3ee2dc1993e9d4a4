import { type Backend, checkOptions, type OptionChecks, option } from '@kstreams/core/graph';
import { LevelStore } from './level-store.js';
import { reopenSlot, takeSlot } from './slot.js';

/** Settings of state on Level. */
export interface LevelOptions {
  /** True to wait for the disk at every commit, which survives a power loss; false by default. */
  readonly sync?: boolean;
  /**
   * False to open the rows without reading their files first; true by default. Reading takes about a second per GB,
   * and finds damage that would go unnoticed.
   */
  readonly verify?: boolean;
  /**
   * Receives the folder to which damaged rows were moved; logs a warning by default. The rows are restored from
   * changelogs.
   */
  readonly onDamage?: (aside: string) => void;
}

const checks: OptionChecks<LevelOptions> = { sync: option.flag, verify: option.flag, onDamage: option.fn };

/**
 * Keeps state in LevelDB. A process takes the first free slot `<folder>/<n>/` and locks its database. A process that
 * starts again gets its slot back, with its rows and its owner id.
 *
 * @example
 * const app = await start(shop, { state: level({ sync: true }) })
 */
export const level = (options: LevelOptions = {}): Backend => {
  checkOptions('level', options, checks);
  const { sync = false, verify = true, onDamage = warn } = options;
  const slots = { onDamage, verify };
  return {
    name: 'level',
    open: async (folder, { telemetry } = {}) =>
      new LevelStore(await takeSlot(folder, slots), {
        sync,
        reopen: (damaged) => reopenSlot(damaged, slots),
        telemetry,
      }),
  };
};

const warn = (aside: string): void =>
  console.warn(`[damaged-state] damaged state was moved to ${aside}; it is restored from the changelogs`);

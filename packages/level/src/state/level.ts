/** State in LevelDB, on disk: the entry that needs Node. */
import type { Backend } from '@kstreams/core/graph';
import { LevelStore } from './level-store.js';
import { reopenSlot, takeSlot } from './slot.js';

/** How Level keeps state. */
export interface LevelOptions {
  /** Whether every commit waits for the disk, to survive a power loss as well as a crash; false unless set. */
  readonly sync?: boolean;
  /**
   * Is told where rows that turned out to be damaged were put; printed as a warning unless set. They are restored from
   * the changelogs.
   */
  readonly onDamage?: (aside: string) => void;
}

/**
 * State in LevelDB. A process takes the first free slot `<folder>/<n>/` and keeps one database there, which its lock
 * keeps others out of. A process that starts again gets its slot back, and with it its state and its id.
 *
 * @example
 * const app = await start(shop, { state: level({ sync: true }) })
 */
export const level = ({ sync = false, onDamage = warn }: LevelOptions = {}): Backend => ({
  name: 'level',
  open: async (folder) =>
    new LevelStore(await takeSlot(folder, onDamage), sync, (damaged) => reopenSlot(damaged, onDamage)),
});

const warn = (aside: string): void =>
  console.warn(`damaged state was moved to ${aside}; it is restored from the changelogs`);

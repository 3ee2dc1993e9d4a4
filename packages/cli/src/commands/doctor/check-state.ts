import { type StateSlot, setSlotAside, stateSlots } from '@kstreams/level';
import type { Finding } from './finding.js';

/** Checks the local state of an application, slot by slot; reads all of its files. */
export const checkState = async (folder: string): Promise<readonly Finding[]> =>
  (await stateSlots(folder, { verify: true })).map(findingOf);

const findingOf = (slot: StateSlot): Finding => {
  const { damage, folder: where, open } = slot;
  if (open) return { check: 'state', level: 'ok', where, what: 'open in a process, not checked' };
  if (damage === undefined) return { check: 'state', level: 'ok', where, what: 'undamaged' };
  return {
    check: 'state',
    level: 'problem',
    where,
    what: damage,
    remedy:
      'check the disk; the next start moves the rows aside and restores them from the changelogs, as --repair does now',
    repair: {
      change: 'moves the rows aside',
      loses: 'rows of stores without a changelog; all others are restored from their changelogs at the next start',
      run: async () => `moved to ${await setSlotAside(slot.folder)}`,
    },
  };
};

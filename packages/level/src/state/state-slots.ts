import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { checkOptions, type OptionChecks, option } from '@kstreams/core/graph';
import { checkFiles, FileDamage, isOpenElsewhere } from '../files/database-files.js';
import { ignoreMissing } from '../files/ignore-missing.js';
import { isMarkedDamaged, setAside } from './damage.js';
import { layout, rowsOf } from './slot.js';

/** The state of one process, in a folder below the state folder of its application. */
export interface StateSlot {
  readonly folder: string;
  /** True while a process has it open. */
  readonly open: boolean;
  /** The damage of its rows; absent for whole ones, and while it is open. */
  readonly damage?: string;
}

/** Options of {@link stateSlots}. */
export interface StateSlotsOptions {
  /** True to look for damage, which reads all files: about a second per GB. */
  readonly verify: boolean;
}

const checks: OptionChecks<StateSlotsOptions> = { verify: option.required(option.flag) };

/** Resolves to the slots of this version below a state folder; none for a folder that does not exist. */
export const stateSlots = async (folder: string, options: StateSlotsOptions): Promise<readonly StateSlot[]> => {
  checkOptions('stateSlots', options, checks);
  const { verify } = options;
  const names = (await readdir(folder).catch(ignoreMissing)) ?? [];
  const slots: StateSlot[] = [];
  for (const name of names.filter((one) => /^\d+$/.test(one)).sort((a, b) => Number(a) - Number(b))) {
    const slot = join(folder, name);
    // A folder without this file is no slot.
    const owner = await readFile(join(slot, 'owner'), 'utf8').catch(() => '');
    if (!owner.startsWith(`${layout}\n`)) continue;
    const open = await isOpenElsewhere(rowsOf(slot));
    const damage = open || !verify ? undefined : await damageOf(slot);
    slots.push({ folder: slot, open, ...(damage !== undefined && { damage }) });
  }
  return slots;
};

/** Moves the damaged rows of a slot, which no process may have open, aside. Resolves to the folder that has them now. */
export const setSlotAside = (folder: string): Promise<string> => setAside(folder);

const damageOf = async (slot: string): Promise<string | undefined> => {
  if (isMarkedDamaged(slot)) return `${rowsOf(slot)} was found damaged`;
  try {
    await checkFiles(rowsOf(slot), true);
    return undefined;
  } catch (thrown) {
    if (thrown instanceof FileDamage) return thrown.message;
    throw thrown;
  }
};

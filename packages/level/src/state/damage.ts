import { existsSync, writeFileSync } from 'node:fs';
import { rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { causeOf } from '../failure.js';
import { FileDamage } from '../files/database-files.js';

/** True for errors about corrupt or missing files. */
export const isDamage = (thrown: unknown): boolean => {
  const cause = causeOf(thrown);
  return cause instanceof FileDamage || (cause as { code?: unknown } | undefined)?.code === 'LEVEL_CORRUPTION';
};

const markOf = (slot: string): string => join(slot, 'damaged');

/** Marks a slot with damaged rows, which the next opening moves aside. */
export const markDamaged = (slot: string): void => writeFileSync(markOf(slot), '');

/** True for a marked slot until its rows are moved aside. */
export const isMarkedDamaged = (slot: string): boolean => existsSync(markOf(slot));

/** Moves the rows of a slot to the first free `rows.damaged-<n>` for inspection, and returns that folder. */
export const setAside = async (slot: string): Promise<string> => {
  for (let number = 1; ; number++) {
    const aside = join(slot, `rows.damaged-${number}`);
    if (existsSync(aside)) continue;
    await rename(join(slot, 'rows'), aside);
    await rm(markOf(slot), { force: true });
    return aside;
  }
};

import { existsSync, writeFileSync } from 'node:fs';
import { rename, rm } from 'node:fs/promises';
import { join } from 'node:path';

/** True when an error of Level says that its files are not as it wrote them. */
export const isDamage = (thrown: unknown): boolean => {
  const { code, cause } = (thrown ?? {}) as { code?: unknown; cause?: unknown };
  return code === 'LEVEL_CORRUPTION' || (cause !== undefined && isDamage(cause));
};

const markOf = (slot: string): string => join(slot, 'damaged');

/** Marks a slot whose rows turned out to be damaged while they were read: who opens it next sets them aside. */
export const markDamaged = (slot: string): void => writeFileSync(markOf(slot), '');

/** True for a slot that was marked, until its rows are set aside. */
export const isMarkedDamaged = (slot: string): boolean => existsSync(markOf(slot));

/** Moves the rows of a slot to the first free `rows.damaged-<n>` beside them, for whoever wants to look, and answers it. */
export const setAside = async (slot: string): Promise<string> => {
  for (let number = 1; ; number++) {
    const aside = join(slot, `rows.damaged-${number}`);
    if (existsSync(aside)) continue;
    await rename(join(slot, 'rows'), aside);
    await rm(markOf(slot), { force: true });
    return aside;
  }
};

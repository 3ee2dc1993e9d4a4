import { rm } from 'node:fs/promises';
import { expect } from '@jest/globals';
import { Random } from '@kstreams/simulation';
import { copyOf, damageFile, readLog } from './damaged-log.js';

/** Damages a copy of a log per seed; each is read whole, or up to an error that names the log. Returns the errors found. */
export const checkDamage = async (folder: string, seeds: Iterable<number>): Promise<number> => {
  const whole = await readLog(await copyOf(folder, 0));
  expect(whole).not.toContain('damage');
  expect(whole.length).toBeGreaterThan(100);
  let found = 0;
  for (const seed of seeds) {
    const copy = await copyOf(folder, seed);
    const how = await damageFile(new Random(seed), copy);
    const contents = await readLog(copy);
    if (contents.includes('damage')) found++;
    else if (contents.join() !== whole.join()) throw new Error(`seed ${seed}: ${how} was not noticed`);
    const others = contents.filter((one) => one !== 'damage' && !whole.includes(one));
    if (others.length > 0) throw new Error(`seed ${seed}: ${how} gave ${others[0]}`);
    await rm(copy, { recursive: true });
  }
  return found;
};

/** Repairs of an embedded log in a folder that lose its newest writes at most. */
import { existsSync } from 'node:fs';
import { copyFile, mkdir, readFile, rename, rm, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { checkFolder } from '@kstreams/core/graph';
import {
  checkFiles,
  contentOf,
  FileDamage,
  findDamagedCurrent,
  findDamagedFile,
  listName,
  readList,
  writeAheadLog,
  writeAheadLogsIn,
} from './database-files.js';
import { ignoreMissing } from './ignore-missing.js';
import { wholeLength } from './write-ahead-log.js';

/** A repair of a damaged log. */
export interface LogRepair {
  /** The change, such as `cuts 000005.log at byte 4,096`. */
  readonly change: string;
  /** The data that is lost by it. */
  readonly loses: string;
  /** Moves or copies the files that change into a folder, changes them, and resolves to that folder. */
  readonly run: () => Promise<string>;
}

/**
 * Resolves to the repair of a damaged log, which is not changed before its `run` is called. It loses the newest writes, from the
 * damage on: no write is lost while a newer one is kept. `undefined` for a log without damage, for one that is open, and where
 * older writes are damaged: those need a backup.
 *
 * @example
 * const repair = await planLogRepair('.kstreams/shop/log');
 * if (repair !== undefined) console.log(`${repair.change}, and loses ${repair.loses}`);
 */
export const planLogRepair = async (folder: string): Promise<LogRepair | undefined> => {
  checkFolder(folder, 'the location of the embedded log');
  try {
    await checkFiles(folder, true);
    return undefined;
  } catch (thrown) {
    if (!(thrown instanceof FileDamage)) throw thrown;
  }
  const current = await contentOf(folder, 'CURRENT');
  return current === undefined || (await findDamagedCurrent(folder, current))
    ? planCurrent(folder)
    : planCut(folder, current);
};

/** A `CURRENT` is written again if all other files are as the last close left them. */
const planCurrent = async (folder: string): Promise<LogRepair | undefined> => {
  const current = (await readList(folder))?.current;
  if (current === undefined || (await findDamagedCurrent(folder, current))) return undefined;
  if (await findDamagedFile(folder, current, /^CURRENT$/)) return undefined;
  return {
    change: 'writes CURRENT as the last close left it',
    loses: 'nothing',
    run: async () => {
      const aside = await newFolderIn(folder);
      await copyFile(join(folder, 'CURRENT'), join(aside, 'CURRENT')).catch(ignoreMissing);
      await writeFile(join(folder, 'CURRENT'), current);
      return aside;
    },
  };
};

/** The newest writes are in the write-ahead logs, in order: they are cut at the first damage if all other files are whole. */
const planCut = async (folder: string, current: string): Promise<LogRepair | undefined> => {
  if (await findDamagedFile(folder, current, writeAheadLog)) return undefined;
  const list = await readList(folder);
  const listed = list?.current === current ? list.files : {};
  const names = await writeAheadLogsIn(folder);
  // A missing file hides how much is lost.
  if (names.length === 0 || Object.keys(listed).some((name) => writeAheadLog.test(name) && !names.includes(name)))
    return undefined;
  const lengths = await Promise.all(
    names.map(async (name) => {
      const bytes = await readFile(join(folder, name));
      return { name, whole: wholeLength(bytes), written: Math.max(bytes.length, listed[name]?.size ?? 0) };
    }),
  );
  const at = lengths.findIndex(({ whole, written }) => whole < written);
  const [damaged, ...newer] = at < 0 ? [] : lengths.slice(at);
  if (damaged === undefined) return undefined;
  const lost = newer.reduce((sum, { written }) => sum + written, damaged.written - damaged.whole);
  return {
    change: `cuts ${damaged.name} at byte ${damaged.whole}`,
    loses: `the newest ${lost} bytes of writes: records, committed offsets and topics`,
    run: async () => {
      const aside = await newFolderIn(folder);
      await copyFile(join(folder, damaged.name), join(aside, damaged.name));
      for (const { name } of newer.toReversed()) await rename(join(folder, name), join(aside, name));
      await truncate(join(folder, damaged.name), damaged.whole);
      await rm(join(folder, listName), { force: true });
      return aside;
    },
  };
};

/** Creates a folder in a folder; the database ignores it. */
const newFolderIn = async (folder: string): Promise<string> => {
  for (let number = 1; ; number++) {
    const aside = join(folder, `damaged-${number}`);
    if (existsSync(aside)) continue;
    await mkdir(aside);
    return aside;
  }
};

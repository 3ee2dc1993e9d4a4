import { open, readdir, readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { crc32 } from 'node:zlib';
import { Level } from 'level';
import { isLocked } from '../failure.js';
import { ignoreMissing } from './ignore-missing.js';
import { findDamagedBlock } from './table.js';
import { findDamage } from './write-ahead-log.js';

/** Files of a database that are not as they were written. */
export class FileDamage extends Error {
  /** The damaged or missing file. */
  readonly file: string;

  constructor(file: string, what: string) {
    super(`${file} ${what}`);
    this.name = 'FileDamage';
    this.file = file;
  }
}

/** Name of the list of files that a close leaves. */
export const listName = 'closed.json';
const table = /^\d+\.(ldb|sst)$/;
/** Names of write-ahead logs. */
export const writeAheadLog = /^\d+\.log$/;
/** Files with data. */
const data = /^(CURRENT|MANIFEST-\d+|\d+\.(ldb|sst|log))$/;

interface ListedFile {
  /** Size in bytes. */
  readonly size: number;
  /** CRC-32 of its bytes. */
  readonly crc: number;
}

/** The files of a database at its last close. */
interface FileList {
  /** Content of `CURRENT`. Every opening changes it, so that another content means a crash. */
  readonly current: string;
  readonly files: Readonly<Record<string, ListedFile>>;
}

/**
 * Throws a {@link FileDamage} when the files in a folder are not those of a whole database. LevelDB would delete, skip or
 * misread what is left of it, or end the process. Changes nothing, and does not judge a database that is open elsewhere.
 *
 * Damage is a `CURRENT` that is missing or names no manifest, or a file that differs from the last close. After a crash it is
 * a write-ahead log that is damaged before its end, or a table with a block that does not fit its checksum. With
 * `verify: false` only `CURRENT` is checked.
 */
export const checkFiles = async (folder: string, verify: boolean): Promise<void> => {
  for (;;) {
    const current = await contentOf(folder, 'CURRENT');
    const damage =
      current === undefined
        ? await findOthers(folder)
        : ((await findDamagedCurrent(folder, current)) ?? (verify && (await findDamagedFile(folder, current))));
    if (!damage || (await isOpenElsewhere(folder))) return;
    // An opening meanwhile has changed the files.
    if ((await contentOf(folder, 'CURRENT')) === current) throw damage;
  }
};

/** Lists the files of a closed database, for the next {@link checkFiles}. Tables never change, so listed ones are not read. */
export const listFiles = async (folder: string): Promise<void> => {
  const before = await readList(folder);
  const files: Record<string, ListedFile> = {};
  for (const name of await namesIn(folder)) {
    const listed = table.test(name) ? before?.files[name] : undefined;
    if (data.test(name)) files[name] = listed ?? (await describe(join(folder, name)));
  }
  const list: FileList = { current: (await contentOf(folder, 'CURRENT')) ?? '', files };
  const path = join(folder, listName);
  try {
    // Renamed, so that a crash leaves a whole list or none.
    await writeFile(`${path}.new`, JSON.stringify(list));
    await rename(`${path}.new`, path);
  } catch {
    // On a full disk there is no new list: the next opening checks the files as after a crash.
  }
};

/** Returns the damage of a folder without `CURRENT`; a folder without other files of a database has none. */
const findOthers = async (folder: string): Promise<FileDamage | undefined> => {
  if (!(await namesIn(folder)).some((name) => data.test(name))) return undefined;
  return new FileDamage(join(folder, 'CURRENT'), 'is missing, but not the other files of its database');
};

/** Returns the damage of a `CURRENT` that names no manifest in its folder. */
export const findDamagedCurrent = async (folder: string, current: string): Promise<FileDamage | undefined> => {
  const manifest = current.slice(0, -1);
  const whole = current.endsWith('\n') && (await namesIn(folder)).includes(manifest);
  return whole ? undefined : new FileDamage(join(folder, 'CURRENT'), 'names no manifest in its folder');
};

/** Returns the damage of a database whose `CURRENT` has this content. Files that match `skip` are taken for whole. */
export const findDamagedFile = async (
  folder: string,
  current: string,
  skip?: RegExp,
): Promise<FileDamage | undefined> => {
  const list = await readList(folder);
  const closed = list?.current === current;
  for (const [name, listed] of Object.entries(list?.files ?? {})) {
    if (skip?.test(name) || (!closed && !table.test(name))) continue;
    const file = join(folder, name);
    const found = await describe(file).catch(ignoreMissing);
    // After a crash, LevelDB itself finds missing tables, and others may have replaced them.
    if (found === undefined && closed) return new FileDamage(file, 'is missing');
    if (found !== undefined && (found.size !== listed.size || found.crc !== listed.crc)) {
      return new FileDamage(file, 'is not as it was written');
    }
  }
  if (closed) return undefined;
  return (await findDamagedTable(folder, list)) ?? findDamagedWriteAheadLog(folder, skip);
};

/** Returns the damage of tables that are not in the list, by the checksums of their blocks. */
const findDamagedTable = async (folder: string, list: FileList | undefined): Promise<FileDamage | undefined> => {
  for (const name of await namesIn(folder)) {
    if (!table.test(name) || list?.files[name] !== undefined) continue;
    const bytes = await readFile(join(folder, name)).catch(ignoreMissing);
    const at = bytes && findDamagedBlock(bytes);
    if (at !== undefined) return new FileDamage(join(folder, name), `is damaged from byte ${at} on`);
  }
  return undefined;
};

/** Returns the names of the write-ahead logs in a folder, the oldest first. */
export const writeAheadLogsIn = async (folder: string): Promise<readonly string[]> =>
  (await namesIn(folder))
    .filter((name) => writeAheadLog.test(name))
    .sort((one, other) => Number.parseInt(one, 10) - Number.parseInt(other, 10));

const findDamagedWriteAheadLog = async (folder: string, skip?: RegExp): Promise<FileDamage | undefined> => {
  const logs = await writeAheadLogsIn(folder);
  if (logs.length === 0) return new FileDamage(folder, 'has no write-ahead log');
  for (const name of logs) {
    if (skip?.test(name)) continue;
    const bytes = await readFile(join(folder, name)).catch(ignoreMissing);
    const at = bytes && findDamage(bytes);
    if (at !== undefined) return new FileDamage(join(folder, name), `is damaged from byte ${at} on`);
  }
  return undefined;
};

/** True when another process, or this one, has the database open. Opens nothing. */
export const isOpenElsewhere = async (folder: string): Promise<boolean> => {
  const database = new Level(folder);
  try {
    // Both options together refuse every database, after its lock was tried.
    await database.open({ createIfMissing: false, errorIfExists: true });
  } catch (thrown) {
    return isLocked(thrown);
  }
  await database.close();
  return false;
};

/** Returns the list of the last close; `undefined` without a readable one. */
export const readList = async (folder: string): Promise<FileList | undefined> => {
  const text = await contentOf(folder, listName);
  try {
    const list = text === undefined ? undefined : (JSON.parse(text) as FileList);
    return typeof list?.files === 'object' ? list : undefined;
  } catch {
    // Without a readable list the files are checked as after a crash.
    return undefined;
  }
};

/** Reads a file in pieces, which let other work run. */
const describe = async (file: string): Promise<ListedFile> => {
  const handle = await open(file);
  try {
    const piece = Buffer.allocUnsafe(256 * 1_024);
    let size = 0;
    let crc = 0;
    for (;;) {
      const { bytesRead } = await handle.read(piece, 0, piece.length, size);
      if (bytesRead === 0) return { size, crc };
      size += bytesRead;
      crc = crc32(piece.subarray(0, bytesRead), crc);
    }
  } finally {
    await handle.close();
  }
};

/** Returns the text of a file in a folder; `undefined` for a missing file. */
export const contentOf = (folder: string, name: string): Promise<string | undefined> =>
  readFile(join(folder, name), 'utf8').catch(ignoreMissing);

const namesIn = async (folder: string): Promise<readonly string[]> =>
  (await readdir(folder).catch(ignoreMissing)) ?? [];

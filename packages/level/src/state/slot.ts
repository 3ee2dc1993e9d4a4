import { mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type Bytes, messageOf, StateError } from '@kstreams/core/graph';
import { Level } from 'level';
import { isLocked, reasonFor } from '../failure.js';
import { checkFiles } from '../files/database-files.js';
import { isDamage, isMarkedDamaged, setAside } from './damage.js';

/** A folder below the state folder that one process at a time holds. */
export interface Slot {
  readonly folder: string;
  /** Id of the process that holds the slot; the next holder gets the same one. */
  readonly owner: string;
  /** Its lock is the slot's lock; the operating system releases it when the process ends. */
  readonly database: Level<Bytes, Bytes>;
}

/** Maximum number of processes with state below one folder. */
const slots = 1_000;

/** Options for opening a slot. */
export interface SlotOptions {
  /** Receives the folder to which damaged rows were moved. */
  readonly onDamage: (aside: string) => void;
  /** True to read the files first, and compare them with the last close. */
  readonly verify: boolean;
}

/** Returns the folder of a slot's database. */
export const rowsOf = (slot: string): string => join(slot, 'rows');

/** Takes the first slot `<folder>/<n>/` that no running process holds. Moves damaged rows aside first. */
export const takeSlot = async (folder: string, options: SlotOptions): Promise<Slot> => {
  for (let number = 0; number < slots; number++) {
    const slot = await openSlot(join(folder, String(number)), options);
    if (slot !== undefined) return slot;
  }
  throw new StateError(`all ${slots} slots below ${folder} are taken: name another state folder`);
};

/** Opens a slot; returns `undefined` when another process or application holds it. */
const openSlot = async (folder: string, options: SlotOptions): Promise<Slot | undefined> => {
  let database: Slot['database'];
  try {
    database = await openRows(rowsOf(folder), options);
  } catch (thrown) {
    if (isLocked(thrown)) return undefined;
    if (isDamage(thrown) && (await isOurs(folder))) return openAnew(folder, options);
    throw new StateError(
      `the state in ${folder} cannot be opened (${reasonFor(thrown)}): ` +
        'if it is damaged, remove the folder to have it restored from the changelogs',
      {},
      thrown,
    );
  }
  try {
    const owner = await ownerOf(folder, database);
    if (!isMarkedDamaged(folder)) return { folder, owner, database };
    await database.close();
    return openAnew(folder, options);
  } catch (thrown) {
    await database.close();
    throw thrown;
  }
};

const openRows = async (rows: string, { verify }: SlotOptions): Promise<Slot['database']> => {
  await mkdir(rows, { recursive: true });
  await checkFiles(rows, verify);
  // Created only now, since Level begins to open a new database in the next turn.
  const database = new Level<Bytes, Bytes>(rows, { keyEncoding: 'view', valueEncoding: 'view' });
  await database.open();
  return database;
};

/** Opens a slot without its damaged rows; changelogs restore them. */
const openAnew = async (folder: string, options: SlotOptions): Promise<Slot | undefined> => {
  options.onDamage(await setAside(folder));
  return openSlot(folder, options);
};

/** Closes a slot with damaged rows and opens it again without them. */
export const reopenSlot = async ({ database, folder }: Slot, options: SlotOptions): Promise<Slot> => {
  await database.close();
  const slot = await openAnew(folder, options);
  if (slot !== undefined) return slot;
  throw new StateError(`another process took ${folder} while its damaged state was set aside: start this one again`);
};

/** True when this version wrote the slot, so that its damaged rows may be moved. */
const isOurs = async (folder: string): Promise<boolean> =>
  (await readFile(join(folder, 'owner'), 'utf8').catch(() => '')).startsWith(`${layout}\n`);

/** First line of the file `owner`, with the version of the layout. */
export const layout = 'kstreams state 1';

/**
 * Returns the owner id of a slot; writes a new one into an empty slot. Throws for a database without one, which belongs to
 * another application.
 */
const ownerOf = async (folder: string, database: Level<Bytes, Bytes>): Promise<string> => {
  const file = join(folder, 'owner');
  const text = await readFile(file, 'utf8').catch((thrown: unknown) => {
    if ((thrown as { code?: unknown }).code === 'ENOENT') return undefined;
    throw new StateError(`the state in ${folder} cannot be opened: ${messageOf(thrown)}`, {}, thrown);
  });
  if (text !== undefined) {
    const [head, id] = text.split('\n');
    if (head === layout && id !== undefined && id.length > 0) return id;
    throw new StateError(
      `${file} does not begin with "${layout}": the folder was not made by this version; remove it or name another`,
    );
  }
  if ((await database.keys({ limit: 1 }).all()).length > 0) {
    throw new StateError(`${folder} holds a database that is not state of kstreams: name another state folder`);
  }
  const id = crypto.randomUUID();
  // Written under another name and renamed, so that a crash leaves a whole file or none.
  await writeFile(`${file}.new`, `${layout}\n${id}\n`);
  await rename(`${file}.new`, file);
  return id;
};

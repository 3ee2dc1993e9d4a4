import { mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type Bytes, messageOf, StateError } from '@kstreams/core/graph';
import { Level } from 'level';
import { isDamage, isMarkedDamaged, setAside } from './damage.js';

/** A place below a state folder that one process at a time holds. */
export interface Slot {
  readonly folder: string;
  /** The id of the process whose place it is; the next one to take the slot gets it. */
  readonly owner: string;
  /** Its lock, which the operating system releases with the process, is that of the slot. */
  readonly database: Level<Bytes, Bytes>;
}

/** How many processes can keep state below one folder. */
const slots = 1_000;

/** Is told where damaged rows were put. */
export type OnDamage = (aside: string) => void;

/** Takes the first slot `<folder>/<n>/` that no running process holds. Rows that are damaged are set aside first. */
export const takeSlot = async (folder: string, onDamage: OnDamage): Promise<Slot> => {
  for (let number = 0; number < slots; number++) {
    const slot = await openSlot(join(folder, String(number)), onDamage);
    if (slot !== undefined) return slot;
  }
  throw new StateError(`all ${slots} slots below ${folder} are taken: name another state folder`);
};

/** Opens a slot, or answers `undefined` when another process, or another application of this one, holds it. */
const openSlot = async (folder: string, onDamage: OnDamage): Promise<Slot | undefined> => {
  const rows = join(folder, 'rows');
  const database = new Level<Bytes, Bytes>(rows, { keyEncoding: 'view', valueEncoding: 'view' });
  try {
    await mkdir(rows, { recursive: true });
    await database.open();
  } catch (thrown) {
    if (isLocked(thrown)) return undefined;
    if (isDamage(thrown) && (await isOurs(folder))) return openAnew(folder, onDamage);
    const cause = thrown instanceof Error && thrown.cause !== undefined ? thrown.cause : thrown;
    throw new StateError(
      `the state in ${folder} cannot be opened (${messageOf(cause)}): ` +
        'if it is damaged, remove the folder to have it restored from the changelogs',
      {},
      thrown,
    );
  }
  try {
    const owner = await ownerOf(folder, database);
    if (!isMarkedDamaged(folder)) return { folder, owner, database };
    await database.close();
    return openAnew(folder, onDamage);
  } catch (thrown) {
    await database.close();
    throw thrown;
  }
};

/** Opens a slot without its damaged rows, which the changelogs hold too. */
const openAnew = async (folder: string, onDamage: OnDamage): Promise<Slot | undefined> => {
  onDamage(await setAside(folder));
  return openSlot(folder, onDamage);
};

/** Lets go of a slot whose rows are damaged, and takes it again without them. */
export const reopenSlot = async ({ database, folder }: Slot, onDamage: OnDamage): Promise<Slot> => {
  await database.close();
  const slot = await openAnew(folder, onDamage);
  if (slot !== undefined) return slot;
  throw new StateError(`another process took ${folder} while its damaged state was set aside: start this one again`);
};

/** True when a folder is a slot: what is damaged there was written by this version. */
const isOurs = async (folder: string): Promise<boolean> =>
  (await readFile(join(folder, 'owner'), 'utf8').catch(() => '')).startsWith(`${layout}\n`);

const isLocked = (thrown: unknown): boolean =>
  (thrown as { cause?: { code?: unknown } }).cause?.code === 'LEVEL_LOCKED';

/** The first line of the file that makes a folder a slot: what it is, and how it is laid out. */
const layout = 'kstreams state 1';

/**
 * The id in the slot's own file, which is written when the slot is new. A database without it belongs to somebody else,
 * and is left alone.
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
  // Written aside and renamed, so that a crash leaves a whole file or none.
  await writeFile(`${file}.new`, `${layout}\n${id}\n`);
  await rename(`${file}.new`, file);
  return id;
};

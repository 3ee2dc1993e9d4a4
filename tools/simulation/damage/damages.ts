/** The ways in which the folder of an application is damaged between two runs. */
import { cp, readdir, readFile, rm, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Random } from '@kstreams/simulation';

/** The folders of a damage. */
export interface Folders {
  /** The folder of the application, with its log and its state. */
  readonly folder: string;
  /** The same folder after an earlier session. */
  readonly earlier: string;
  /** The folder of another application of the same name. */
  readonly other: string;
  /** True when the last session ended in a crash. */
  readonly crashed: boolean;
}

/** The log and the state of an application: whose they are after the damage. */
export interface Damage {
  readonly what: string;
  /** The log that is left: as it was, with a damaged file, of an earlier session, of another application, or none. */
  readonly log: 'whole' | 'damaged' | 'earlier' | 'other' | 'none';
}

const parts = ['log', 'state'] as const;
type Part = (typeof parts)[number];

/** Damages an application's folder. */
export const damage = async (random: Random, folders: Folders): Promise<Damage> => {
  const { earlier, folder, other } = folders;
  const part = random.pick(parts);
  const log = (kind: Damage['log']): Damage['log'] => (part === 'log' ? kind : 'whole');
  switch (random.below(8)) {
    case 0:
      return { what: 'nothing', log: 'whole' };
    case 1:
      await rm(join(folder, part), { recursive: true });
      return { what: `${part} removed`, log: log('none') };
    case 2:
      await replace(part, folder, earlier);
      return { what: `${part} of an earlier session`, log: log('earlier') };
    case 3:
      await replace(part, folder, other);
      return { what: `${part} of another application`, log: log('other') };
    default:
      return { what: await damageFile(random, part, folders), log: log('damaged') };
  }
};

/** The length of the footer of a table, parts of which have no meaning. */
const footerLength = 48;

const replace = async (part: Part, folder: string, by: string): Promise<void> => {
  await rm(join(folder, part), { recursive: true });
  await cp(join(by, part), join(folder, part), { recursive: true });
};

/**
 * Flips bits in a file, cuts it off or removes it. Returns what it did. After a crash only the beginning of the write-ahead
 * log and the blocks of tables are changed: a damaged end is what a crash leaves.
 */
const damageFile = async (random: Random, part: Part, { crashed, folder }: Folders): Promise<string> => {
  const files = (await readdir(join(folder, part), { recursive: true, withFileTypes: true }))
    .filter(
      (file) => file.isFile() && (crashed ? /^\d+\.(log|ldb)$/ : /^(CURRENT|MANIFEST.*|\d+\.\w+)$/).test(file.name),
    )
    .map((file) => join(file.parentPath, file.name))
    .sort();
  const file = random.pick(files);
  const name = file.slice(folder.length + 1);
  const bytes = await readFile(file);
  const kind = crashed ? 2 : random.below(4);
  if (kind === 0) {
    await rm(file);
    return `${name} removed`;
  }
  if (kind === 1) {
    const length = random.below(bytes.length);
    await truncate(file, length);
    return `${name} cut to ${length} bytes`;
  }
  if (bytes.length === 0) return `${name} is empty, nothing changed`;
  const changeable = !crashed
    ? bytes.length
    : file.endsWith('.ldb')
      ? bytes.length - footerLength
      : Math.min(64, bytes.length);
  const at = random.below(changeable);
  bytes[at] = (bytes[at] ?? 0) ^ (1 << random.below(8));
  await writeFile(file, bytes);
  return `${name} changed at byte ${at}`;
};

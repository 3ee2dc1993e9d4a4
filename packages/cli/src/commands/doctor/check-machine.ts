import { constants, existsSync } from 'node:fs';
import { access, stat, statfs } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { messageOf } from '@kstreams/core/graph';
import type { Finding } from './finding.js';

/** The oldest version of Node that the packages run on. */
const oldestNode = [20, 19] as const;
/** The free space below which a disk is a problem, and a warning, in bytes. */
const [noSpace, littleSpace] = [100 * 2 ** 20, 2 ** 30];

/** Checks the version of Node, such as `22.1.0`. */
export const checkNode = (version: string): Finding => {
  const [major = 0, minor = 0] = version.split('.').map(Number);
  const old = major < oldestNode[0] || (major === oldestNode[0] && minor < oldestNode[1]);
  return old
    ? {
        check: 'node',
        level: 'problem',
        what: `version ${version} is too old`,
        remedy: `install ${oldestNode.join('.')} or newer`,
      }
    : { check: 'node', level: 'ok', what: version };
};

/** Checks that a folder can be written, and that its disk has space. The folder need not exist. */
export const checkFolder = async (folder: string): Promise<readonly Finding[]> => {
  const existing = nearestExisting(resolve(folder));
  const place = { check: 'folder', where: folder } as const;
  if (!(await stat(existing)).isDirectory())
    return [{ ...place, level: 'problem', what: `${existing} is no folder`, remedy: 'name another folder' }];
  try {
    await access(existing, constants.W_OK);
  } catch (thrown) {
    const remedy = `let the user of the process write to ${existing}, or name another folder`;
    return [{ ...place, level: 'problem', what: `cannot be written: ${messageOf(thrown)}`, remedy }];
  }
  const { bavail, bsize } = await statfs(existing);
  return [{ ...place, level: 'ok', what: 'can be written' }, spaceOf(folder, bavail * bsize)];
};

/** Returns the finding about a disk with this number of free bytes. */
export const spaceOf = (where: string, free: number): Finding => {
  const what = `${(free / 2 ** 30).toFixed(1)} GiB free`;
  if (free >= littleSpace) return { check: 'disk', level: 'ok', where, what };
  const level = free < noSpace ? 'problem' : 'warning';
  return { check: 'disk', level, where, what, remedy: 'free some space: a full disk ends the application' };
};

const nearestExisting = (folder: string): string => (existsSync(folder) ? folder : nearestExisting(dirname(folder)));

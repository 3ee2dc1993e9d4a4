import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll } from '@jest/globals';

/**
 * Returns a function that creates an empty folder. All folders are removed after the tests of the file.
 *
 * @example
 * const newFolder = temporaryFolders()
 * test('…', async () => { const folder = await newFolder() })
 */
export const temporaryFolders = (): (() => Promise<string>) => {
  const folders: string[] = [];
  afterAll(async () => {
    for (const folder of folders) await rm(folder, { recursive: true, force: true });
  });
  return async () => {
    const folder = await mkdtemp(join(tmpdir(), 'kstreams-'));
    folders.push(folder);
    return folder;
  };
};

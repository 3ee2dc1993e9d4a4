import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** Creates a folder for one trial. Returns its path and a function that removes it. */
export const temporaryFolder = async (): Promise<{ readonly path: string; remove(): Promise<void> }> => {
  const path = await mkdtemp(join(tmpdir(), 'kstreams-bench-'));
  return { path, remove: () => rm(path, { recursive: true, force: true }) };
};

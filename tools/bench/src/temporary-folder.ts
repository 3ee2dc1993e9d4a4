import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** A new folder for one trial, and what removes it with all that is in it. */
export const temporaryFolder = async (): Promise<{ readonly path: string; remove(): Promise<void> }> => {
  const path = await mkdtemp(join(tmpdir(), 'kstreams-bench-'));
  return { path, remove: () => rm(path, { recursive: true, force: true }) };
};

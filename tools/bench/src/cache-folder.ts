import { homedir } from 'node:os';
import { join } from 'node:path';

/** Returns a folder in the user's cache, outside the clone, for programs that are built or installed once. */
export const cacheFolder = (name: string): string =>
  join(process.env.XDG_CACHE_HOME ?? join(homedir(), '.cache'), 'kstreams-ci', name);

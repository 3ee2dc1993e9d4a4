import { ConfigError } from './errors.js';

/** Returns a folder, or the name of a database in a page; throws a `ConfigError` when it is empty or no text. */
export const checkFolder = (folder: string, what: string): string => {
  if (typeof folder === 'string' && folder.trim() !== '') return folder;
  throw new ConfigError(`${what} is ${JSON.stringify(folder)}: write a path, or leave it out`);
};

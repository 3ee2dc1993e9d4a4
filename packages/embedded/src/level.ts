/** The database of a durable log: the entry that needs Node. */
import { mkdir } from 'node:fs/promises';
import { ClassicLevel } from 'classic-level';
import type { Database } from './database.js';

/** Opens the database in a folder, making the folder where it is missing. */
export const openLevel = async (folder: string): Promise<Database> => {
  await mkdir(folder, { recursive: true });
  const database = new ClassicLevel(folder, { keyEncoding: 'view', valueEncoding: 'view' }) as unknown as Database;
  await database.open();
  return database;
};

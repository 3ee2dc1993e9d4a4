import { join } from 'node:path';
import { type KeyValueStore, keyValue } from '@kstreams/core/state';
import { level } from '@kstreams/level';
import { RecordJournal, storePartition, TaskStores } from '@kstreams/runtime';
import { double, string } from '@kstreams/serde';
import { Level } from 'level';
import { temporaryFolder } from './temporary-folder.js';

/** The number of rows per commit, and the limit of live values. */
export const rowsPerCommit = 10_000;

/** The store under test: unlogged, since the bare database has no changelog either. */
const totals = keyValue('totals', { key: string, value: double, changelog: false });

/** Returns the key of a row, by its number. */
export const keyOf = (row: number): string => `customer-${row}`;

const at = { topic: 'totals', headers: [] };

/** A task's store on Level in a new folder, with commits as a task makes them. */
export const openStore = async () => {
  const folder = await temporaryFolder();
  const bytes = await level().open(folder.path);
  const journal = new RecordJournal();
  const storePartitions = [storePartition('bench', totals, 0, new Map())];
  const open = () => {
    const stores = new TaskStores({ storePartitions, bytes, journal, liveLimit: rowsPerCommit, full: () => {} });
    const store = stores.get(totals)?.handle as KeyValueStore<string, number>;
    return {
      store,
      commit: async (): Promise<void> => {
        const { unlogged } = stores.flush(() => {});
        await bytes.commit(unlogged);
        stores.markCommitted();
      },
    };
  };
  const close = async (): Promise<void> => {
    await bytes.close();
    await folder.remove();
  };
  return { open, close };
};

/** The bare database, with the serdes of the store. */
export const openDatabase = async () => {
  const folder = await temporaryFolder();
  const database = new Level<Uint8Array, Uint8Array>(join(folder.path, 'rows'), {
    keyEncoding: 'view',
    valueEncoding: 'view',
  });
  await database.open();
  return {
    write: async (rows: readonly (readonly [key: string, value: number])[]): Promise<void> => {
      const batch = database.batch();
      for (const [key, value] of rows) batch.put(string.encode(key, at), double.encode(value, at));
      await batch.write();
    },
    read: (key: string): number | undefined => {
      const value = database.getSync(string.encode(key, at));
      return value && double.decode(value, at);
    },
    close: async (): Promise<void> => {
      await database.close();
      await folder.remove();
    },
  };
};

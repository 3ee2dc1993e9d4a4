import { type LogStorage, memoryLog } from '@kstreams/embedded';

/** Returns storage in memory that outlives the logs opened on it: closing one leaves its entries, as a disk does. */
export const keptStorage = async (): Promise<LogStorage> => {
  const storage = await memoryLog().open();
  const close = async (): Promise<void> => {};
  return {
    read: (from, to, limits) => storage.read(from, to, limits),
    lastKey: (from, to) => storage.lastKey(from, to),
    commit: (writes) => storage.commit(writes),
    clear: (from, to) => storage.clear(from, to),
    close,
  };
};

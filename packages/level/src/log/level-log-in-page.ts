import { checkFolder, checkOptions, TransportError } from '@kstreams/core/graph';
import type { LogBackend } from '@kstreams/embedded';
import { type LevelLogOptions, LevelLogStorage, levelLogChecks } from './level-log-storage.js';

/** The part of the Web Locks API that a log uses. */
interface LockManager {
  request(
    name: string,
    options: { readonly ifAvailable: true },
    held: (lock: object | null) => Promise<void> | undefined,
  ): Promise<void>;
}

/**
 * Keeps an embedded log in the IndexedDB database of this name. One page at a time may have it open: a Web Lock keeps
 * other tabs and workers of the origin out.
 *
 * @throws TransportError on opening when another page has it open, or the page is not secure (HTTPS or localhost).
 *
 * @example
 * const log = embedded({ storage: levelLog('shop') })
 */
export const levelLog = (name: string, options: LevelLogOptions = {}): LogBackend => {
  checkOptions('levelLog', options, levelLogChecks);
  return {
    name: checkFolder(name, 'the location of the embedded log'),
    open: async () => {
      const release = await lock(name);
      try {
        const storage = await LevelLogStorage.open(name, options);
        const close = storage.close.bind(storage);
        storage.close = () => close().finally(release);
        return storage;
      } catch (thrown) {
        release();
        throw thrown;
      }
    },
  };
};

/** Resolves to the release of the lock. Rejects when another page holds it. */
const lock = (name: string): Promise<() => void> =>
  new Promise((resolve, reject) => {
    const locks = (globalThis as { navigator?: { locks?: LockManager } }).navigator?.locks;
    const fail = (why: string): void =>
      reject(new TransportError(`the embedded log "${name}" cannot be opened: ${why}`));
    if (locks === undefined) return fail('a page needs HTTPS or localhost for the lock of a log');
    const held = (granted: object | null): Promise<void> | undefined => {
      if (granted !== null) return new Promise((release) => resolve(release));
      fail('another tab or worker has it open; close that one');
      return undefined;
    };
    locks.request(`kstreams/${name}`, { ifAvailable: true }, held).catch(reject);
  });

import { checkFolder, checkOptions, TransportError } from '@kstreams/core/graph';
import type { LogBackend } from '@kstreams/embedded';
import { checkFiles, FileDamage, listFiles } from '../files/database-files.js';
import { cannotBe, type LevelLogOptions, LevelLogStorage, levelLogChecks } from './level-log-storage.js';

/**
 * Keeps an embedded log in Level: in a folder on Node, in the IndexedDB database of that name in a page. One process at
 * a time may have it open. A folder with damaged or missing files is refused, and left as it is.
 *
 * @throws ConfigError when the location is empty.
 *
 * @example
 * const log = embedded({ storage: levelLog('.kstreams/shop/log') })
 */
export const levelLog = (folder: string, options: LevelLogOptions = {}): LogBackend => {
  checkOptions('levelLog', options, levelLogChecks);
  const { verify = true, ...settings } = options;
  return {
    name: checkFolder(folder, 'the location of the embedded log'),
    open: async () => {
      try {
        await checkFiles(folder, verify);
      } catch (thrown) {
        if (!(thrown instanceof FileDamage)) throw cannotBe('opened', folder, thrown);
        const remedy = 'restore a backup, open what is left with `verify: false`, or remove the folder to start again';
        throw new TransportError(`the embedded log in ${folder} is damaged: ${thrown.message}: ${remedy}`, {}, thrown);
      }
      const storage = await LevelLogStorage.open(folder, settings);
      const close = storage.close.bind(storage);
      storage.close = async () => {
        await close();
        if (storage.whole) await listFiles(folder);
      };
      return storage;
    },
  };
};

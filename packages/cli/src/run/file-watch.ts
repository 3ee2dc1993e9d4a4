import { watch } from 'node:fs';
import { basename, dirname, sep } from 'node:path';
import type { Cancel, Clock } from '@kstreams/core/graph';

/** Calls a function with the name of each changed file of a folder; returns a function that ends the watch. */
export type WatchFolder = (folder: string, changed: (name: string) => void) => () => void;

/** Watches a folder of the file system. */
export const watchFolder: WatchFolder = (folder, changed) => {
  const watcher = watch(folder, (_, name) => {
    if (name !== null) changed(name);
  });
  return () => watcher.close();
};

/** The time without further changes after which files count as saved, in ms. */
const settlingTime = 100;

/**
 * Watches files and calls `changed` with the path of the last one, once for changes in quick succession. Watches folders, since
 * editors replace files. Files of installed packages are left out.
 */
export class FileWatch {
  readonly #clock: Clock;
  readonly #watchFolder: WatchFolder;
  readonly #changed: (path: string) => void;
  readonly #folders = new Map<string, { readonly names: Set<string>; readonly close: () => void }>();
  #cancel: Cancel = () => {};

  constructor(options: { clock: Clock; watchFolder: WatchFolder; changed: (path: string) => void }) {
    this.#clock = options.clock;
    this.#watchFolder = options.watchFolder;
    this.#changed = options.changed;
  }

  /** Adds a file. */
  add(path: string): void {
    if (path.includes(`${sep}node_modules${sep}`)) return;
    const [folder, name] = [dirname(path), basename(path)];
    const watched = this.#folders.get(folder);
    if (watched !== undefined) {
      watched.names.add(name);
      return;
    }
    const names = new Set([name]);
    const close = this.#watchFolder(folder, (changed) => {
      if (names.has(changed)) this.#settle(path.slice(0, -name.length) + changed);
    });
    this.#folders.set(folder, { names, close });
  }

  /** Ends the watch. */
  close(): void {
    this.#cancel();
    for (const { close } of this.#folders.values()) close();
    this.#folders.clear();
  }

  #settle(path: string): void {
    this.#cancel();
    this.#cancel = this.#clock.after(settlingTime, () => this.#changed(path));
  }
}

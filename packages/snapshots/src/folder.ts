import { constants } from 'node:fs';
import { link, mkdir, open, readdir, rename, rm, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import {
  type Bucket,
  type BucketObject,
  type BucketRead,
  type Bytes,
  ConfigError,
  checkValue,
  option,
} from '@kstreams/core/graph';

/**
 * A bucket in a folder, for tests and for disks that several machines share, such as NFS. Unfinished writes are files in
 * its subfolder `.unfinished`.
 *
 * @example
 * const states = folder('/mnt/shared/states')
 */
export const folder = (path: string): Bucket => {
  checkValue('the path of folder', path, option.text);
  const unfinished = join(path, unfinishedFolder);
  const at = (key: string): string => join(path, checkedKey(key));
  return {
    name: `folder ${path}`,
    get: async (key, { range, signal } = {}) => {
      signal?.throwIfAborted();
      return ifPresent(readRange(at(key), range));
    },
    put: async (key, bytes, { ifAbsent = false, signal } = {}) => {
      signal?.throwIfAborted();
      const [target, part] = [at(key), join(unfinished, crypto.randomUUID())];
      await Promise.all([mkdir(dirname(target), { recursive: true }), mkdir(unfinished, { recursive: true })]);
      try {
        await writeDurably(part, bytes);
        return await (ifAbsent ? linkNew(part, target) : rename(part, target).then(() => true));
      } finally {
        await rm(part, { force: true });
      }
    },
    list: async function* (prefix, { signal } = {}) {
      signal?.throwIfAborted();
      const below = prefix.slice(0, prefix.lastIndexOf('/') + 1);
      const names = (await ifPresent(readdir(join(path, below), { recursive: true, withFileTypes: true }))) ?? [];
      for (const entry of names) {
        if (!entry.isFile()) continue;
        const file = join(entry.parentPath, entry.name);
        const key = file.slice(join(path, '/').length);
        if (!key.startsWith(prefix) || key.startsWith(`${unfinishedFolder}/`)) continue;
        const found = await ifPresent(stat(file));
        if (found !== undefined) yield { key, size: found.size, modified: found.mtimeMs } satisfies BucketObject;
      }
    },
    delete: async (keys, { signal } = {}) => {
      signal?.throwIfAborted();
      for (const key of keys) await rm(at(key), { force: true });
    },
  };
};

const unfinishedFolder = '.unfinished';

/** Returns a key that is safe in a path. */
const checkedKey = (key: string): string => {
  if (key.split('/').every((name) => /^[\w.=-]+$/.test(name) && !/^\.+$/.test(name))) return key;
  throw new ConfigError(
    `"${key}" is no key of a bucket: use names of letters, digits, ".", "_", "-" and "=" between slashes`,
  );
};

const readRange = async (file: string, range: BucketRead['range']): Promise<Bytes> => {
  const handle = await open(file, constants.O_RDONLY);
  try {
    const { size } = await handle.stat();
    const offset = range?.offset ?? 0;
    const bytes = new Uint8Array(Math.max(0, Math.min(range?.length ?? size, size - offset)));
    for (let read = 0; read < bytes.length; ) {
      const { bytesRead } = await handle.read(bytes, read, bytes.length - read, offset + read);
      if (bytesRead === 0) throw new Error(`${file} ended early: it was changed while it was read`);
      read += bytesRead;
    }
    return bytes;
  } finally {
    await handle.close();
  }
};

const writeDurably = async (file: string, bytes: Bytes): Promise<void> => {
  const handle = await open(file, 'wx');
  try {
    await handle.writeFile(bytes);
    await handle.sync();
  } finally {
    await handle.close();
  }
};

/** Gives a file a second name. Returns false when the name is taken. */
const linkNew = async (file: string, name: string): Promise<boolean> => {
  try {
    await link(file, name);
    return true;
  } catch (thrown) {
    if (codeOf(thrown) === 'EEXIST') return false;
    throw thrown;
  }
};

/** Returns undefined when the file or its folder does not exist. */
const ifPresent = <T>(work: Promise<T>): Promise<T | undefined> =>
  work.catch((thrown: unknown) => {
    if (codeOf(thrown) === 'ENOENT' || codeOf(thrown) === 'ENOTDIR') return undefined;
    throw thrown;
  });

const codeOf = (thrown: unknown): unknown => (thrown as { readonly code?: unknown })?.code;

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
import { FolderVersions, ifPresent, unless, writeDurably } from './folder-versions.js';

/**
 * A bucket in a folder, for tests and for disks that several machines share, such as NFS. Unfinished writes are files in
 * its subfolder `.unfinished`, and objects that are replaced by version are below `.versions` and `.contents`.
 *
 * @example
 * const states = folder('/mnt/shared/states')
 */
export const folder = (path: string): Bucket => {
  checkValue('the path of folder', path, option.text);
  const unfinished = join(path, '.unfinished');
  const versions = new FolderVersions({
    versions: join(path, '.versions'),
    contents: join(path, '.contents'),
    unfinished,
  });
  const at = (key: string): string => join(path, checkedKey(key));
  return {
    name: `folder ${path}`,
    get: async (key, { range, signal } = {}) => {
      signal?.throwIfAborted();
      const found = await ifPresent(readRange(at(key), range));
      if (found !== undefined) return found;
      const bytes = (await versions.read(key))?.bytes;
      return range === undefined ? bytes : bytes?.slice(range.offset, range.offset + range.length);
    },
    put: async (key, bytes, { ifAbsent = false, signal } = {}) => {
      signal?.throwIfAborted();
      const [target, part] = [at(key), join(unfinished, crypto.randomUUID())];
      await Promise.all([mkdir(dirname(target), { recursive: true }), mkdir(unfinished, { recursive: true })]);
      try {
        await writeDurably(part, bytes);
        return await (ifAbsent ? unless(['EEXIST'], link(part, target)) : rename(part, target).then(() => true));
      } finally {
        await rm(part, { force: true });
      }
    },
    getVersion: async (key, { signal } = {}) => {
      signal?.throwIfAborted();
      return versions.read(checkedKey(key));
    },
    replace: async (key, bytes, version, { signal } = {}) => {
      signal?.throwIfAborted();
      return versions.replace(checkedKey(key), bytes, version);
    },
    list: async function* (prefix, { signal } = {}) {
      signal?.throwIfAborted();
      const below = prefix.slice(0, prefix.lastIndexOf('/') + 1);
      const names = (await ifPresent(readdir(join(path, below), { recursive: true, withFileTypes: true }))) ?? [];
      for (const entry of names) {
        if (!entry.isFile()) continue;
        const file = join(entry.parentPath, entry.name);
        const key = file.slice(join(path, '/').length);
        if (!key.startsWith(prefix) || own.has(key.slice(0, key.indexOf('/')))) continue;
        const found = await ifPresent(stat(file));
        if (found !== undefined) yield { key, size: found.size, modified: found.mtimeMs } satisfies BucketObject;
      }
      yield* versions.list(prefix);
    },
    delete: async (keys, { signal } = {}) => {
      signal?.throwIfAborted();
      for (const key of keys) {
        await rm(at(key), { force: true });
        await versions.delete(key);
      }
    },
  };
};

const own: ReadonlySet<string> = new Set(['.unfinished', '.versions', '.contents']);

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

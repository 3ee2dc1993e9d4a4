import { mkdir, open, readdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { type BucketObject, type Bytes, plainBytes, type VersionedObject } from '@kstreams/core/graph';

/** The end of the name of the folder of an object. No key has its character. */
const mark = '%';

/** The number of reads of an object that is replaced meanwhile. */
const mostReads = 1_000;

/** The folders of versions, below that of the bucket. */
interface Places {
  /** A folder for each object, with one empty file that has the name of its version. */
  readonly versions: string;
  /** The bytes of versions, by their names. */
  readonly contents: string;
  /** Folders that are not in their place yet, or no longer. */
  readonly unfinished: string;
}

/**
 * The objects of a folder that are replaced by version. A version is replaced by renaming its file, which the file system does
 * for one of several processes only.
 */
export class FolderVersions {
  readonly #places: Places;

  constructor(places: Places) {
    this.#places = places;
  }

  /** Returns an object; undefined when there is none. */
  async read(key: string): Promise<VersionedObject | undefined> {
    for (let reads = 0; reads < mostReads; reads++) {
      const names = await ifPresent(readdir(this.#folderOf(key)));
      if (names === undefined) return undefined;
      const [version] = names;
      // A list of a folder may miss a file that is renamed meanwhile, or have it twice.
      if (version === undefined || names.length > 1) continue;
      const bytes = await ifPresent(readFile(join(this.#places.contents, version)));
      if (bytes !== undefined) return { bytes: plainBytes(bytes), version };
    }
    throw new Error(`${this.#folderOf(key)} has no version that can be read`);
  }

  /** Writes an object in place of a version, or of none. Returns the new version; undefined when there is another one. */
  async replace(key: string, bytes: Bytes, version: string | undefined): Promise<string | undefined> {
    const { contents } = this.#places;
    const next = crypto.randomUUID();
    await mkdir(contents, { recursive: true });
    await writeDurably(join(contents, next), bytes);
    const folder = this.#folderOf(key);
    const isReplaced = await (version === undefined
      ? this.#create(folder, next)
      : unless(replaced, rename(join(folder, version), join(folder, next))));
    const unused = isReplaced ? version : next;
    if (unused !== undefined) await rm(join(contents, unused), { force: true });
    return isReplaced ? next : undefined;
  }

  /** Returns the objects with a prefix. */
  async *list(prefix: string): AsyncGenerator<BucketObject> {
    const { contents, versions } = this.#places;
    const names = (await ifPresent(readdir(versions, { recursive: true }))) ?? [];
    for (const name of names) {
      const key = name.slice(0, -mark.length);
      if (!name.endsWith(mark) || !key.startsWith(prefix)) continue;
      const found = await this.read(key);
      const file = found && (await ifPresent(stat(join(contents, found.version))));
      if (file !== undefined) yield { key, size: file.size, modified: file.mtimeMs };
    }
  }

  async delete(key: string): Promise<void> {
    const { contents, unfinished } = this.#places;
    const deleted = join(unfinished, crypto.randomUUID());
    if ((await ifPresent(stat(this.#folderOf(key)))) === undefined) return;
    await mkdir(unfinished, { recursive: true });
    if (!(await unless(['ENOENT'], rename(this.#folderOf(key), deleted)))) return;
    for (const version of await readdir(deleted)) await rm(join(contents, version), { force: true });
    await rm(deleted, { recursive: true, force: true });
  }

  /** Moves a folder with a version to its place. Returns false when there is one. */
  async #create(folder: string, version: string): Promise<boolean> {
    const part = join(this.#places.unfinished, crypto.randomUUID());
    await mkdir(part, { recursive: true });
    try {
      await writeFile(join(part, version), '');
      await mkdir(dirname(folder), { recursive: true });
      return await unless(taken, rename(part, folder));
    } finally {
      await rm(part, { recursive: true, force: true });
    }
  }

  #folderOf(key: string): string {
    return join(this.#places.versions, `${key}${mark}`);
  }
}

const replaced = ['ENOENT'];
const taken = ['EEXIST', 'ENOTEMPTY'];

/** Writes a new file to the disk. */
export const writeDurably = async (file: string, bytes: Bytes): Promise<void> => {
  const handle = await open(file, 'wx');
  try {
    await handle.writeFile(bytes);
    await handle.sync();
  } finally {
    await handle.close();
  }
};

/** Returns true; false when the work fails with one of these codes. */
export const unless = async (codes: readonly string[], work: Promise<unknown>): Promise<boolean> => {
  try {
    await work;
    return true;
  } catch (thrown) {
    if (codes.includes(codeOf(thrown))) return false;
    throw thrown;
  }
};

/** Returns undefined when the file or its folder does not exist. */
export const ifPresent = <T>(work: Promise<T>): Promise<T | undefined> =>
  work.catch((thrown: unknown) => {
    if (codeOf(thrown) === 'ENOENT' || codeOf(thrown) === 'ENOTDIR') return undefined;
    throw thrown;
  });

const codeOf = (thrown: unknown): string => (thrown as { readonly code?: string })?.code ?? '';

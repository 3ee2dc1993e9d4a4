import { type ByteStore, type Bytes, fromUtf8, Pending, toUtf8, type Write } from '@kstreams/core/graph';

/** What the checks of byte stores are made of. */

/** Opens the store under test; after a close, the same one again. */
export type OpenByteStore = () => Promise<ByteStore>;

/** Opens a store for one check and closes it after. */
export const using = async (open: OpenByteStore, check: (store: ByteStore) => Promise<void>): Promise<void> => {
  const store = await open();
  try {
    await check(store);
  } finally {
    await store.close();
  }
};

/** Writes of texts; undefined deletes. */
export const writes = (rows: Readonly<Record<string, string | undefined>>): Write[] =>
  Object.entries(rows).map(([key, value]) => [toUtf8(key), value === undefined ? undefined : toUtf8(value)]);

/** An entry as `key=value`. */
export const pair = ([key, value]: readonly [Bytes, Bytes]): string => `${fromUtf8(key)}=${fromUtf8(value)}`;

/** The entries between two keys. */
export const entries = async (store: ByteStore, from: string, to: string): Promise<string[]> => {
  const found: string[] = [];
  for await (const entry of store.scan(toUtf8(from), toUtf8(to))) found.push(pair(entry));
  return found;
};

/** Reads a key as a task does: one that is not at hand is fetched first. */
export const readBytes = async (store: ByteStore, key: Bytes): Promise<Bytes | undefined> => {
  try {
    return store.get(key);
  } catch (thrown) {
    if (!(thrown instanceof Pending)) throw thrown;
    await thrown.until;
    return store.get(key);
  }
};

/** As {@link readBytes}, of texts. */
export const read = async (store: ByteStore, key: string): Promise<string | undefined> => {
  const bytes = await readBytes(store, toUtf8(key));
  return bytes && fromUtf8(bytes);
};

/** Throws when what was found is not what was expected. */
export const same = (actual: unknown, expected: unknown, what: string): void => {
  const [found, wanted] = [shown(actual), shown(expected)];
  if (found !== wanted) throw new Error(`${what}: expected ${wanted}, got ${found}`);
};

const shown = (value: unknown): string =>
  value instanceof Uint8Array ? `bytes ${value}` : (JSON.stringify(value) ?? 'undefined');

/** Throws unless the attempt throws. */
export const refuses = async (attempt: () => unknown, what: string): Promise<void> => {
  try {
    await attempt();
  } catch {
    return;
  }
  throw new Error(`${what} was not refused`);
};

/** Steps that the checks of byte stores, log storages and buckets share. */
import { type ByteStore, type Bytes, fromUtf8, Pending, toUtf8, type Write } from '@kstreams/core/graph';

/** Opens a store for one check and closes it afterwards. */
export const using = async (
  place: { open(): Promise<ByteStore> },
  check: (store: ByteStore) => Promise<void>,
): Promise<void> => {
  const store = await place.open();
  try {
    await check(store);
  } finally {
    await store.close();
  }
};

/** Returns writes of texts; `undefined` deletes. */
export const writes = (rows: Readonly<Record<string, string | undefined>>): Write[] =>
  Object.entries(rows).map(([key, value]) => [toUtf8(key), value === undefined ? undefined : toUtf8(value)]);

/** Returns an entry as `key=value`. */
export const pair = ([key, value]: readonly [Bytes, Bytes]): string => `${fromUtf8(key)}=${fromUtf8(value)}`;

/** Returns the entries between two keys as `key=value`. */
export const entries = async (store: ByteStore, from: string, to: string): Promise<string[]> => {
  const found: string[] = [];
  for await (const entry of store.scan(toUtf8(from), toUtf8(to))) found.push(pair(entry));
  return found;
};

/** Reads a key as a task does: again once it is loaded. */
export const readBytes = async (store: ByteStore, key: Bytes): Promise<Bytes | undefined> => {
  const until = pendingOf(() => store.get(key));
  await until;
  return store.get(key);
};

/** Returns the promise of the `Pending` that a read throws, or `undefined` when it throws none. */
export const pendingOf = (read: () => unknown): Promise<unknown> | undefined => {
  try {
    read();
    return undefined;
  } catch (thrown) {
    if (thrown instanceof Pending) return thrown.until;
    throw thrown;
  }
};

/** Reads the text of a key, as {@link readBytes} does. */
export const read = async (store: ByteStore, key: string): Promise<string | undefined> => {
  const bytes = await readBytes(store, toUtf8(key));
  return bytes && fromUtf8(bytes);
};

/** Throws when a value is not the expected one. */
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
    // It was refused, as it should be.
    return;
  }
  throw new Error(`${what} was not refused`);
};

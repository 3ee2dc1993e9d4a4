/** Rows of texts in a byte store. */
import { type ByteStore, fromUtf8, Pending, toUtf8, type Write } from '@kstreams/core/graph';

export const row = (key: string, value: string | undefined): Write => [
  toUtf8(key),
  value === undefined ? value : toUtf8(value),
];

/** Reads a key as a task does: a read that is pending is made again once it may. */
export const read = async (store: ByteStore, key: string): Promise<string | undefined> => {
  for (;;) {
    try {
      const value = store.get(toUtf8(key));
      return value && fromUtf8(value);
    } catch (thrown) {
      if (!(thrown instanceof Pending)) throw thrown;
      await thrown.until;
    }
  }
};

export const scan = async (store: ByteStore, from: string, to: string, reverse = false): Promise<string[]> => {
  const found: string[] = [];
  for await (const [key, value] of store.scan(toUtf8(from), toUtf8(to), { reverse })) {
    found.push(`${fromUtf8(key)}=${fromUtf8(value)}`);
  }
  return found;
};

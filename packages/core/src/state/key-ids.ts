import { bytesToId } from '../graph/bytes.js';
import type { AnySerde, Coordinates } from '../graph/serde.js';

/**
 * Returns a function that maps keys to ids for a `Map`: primitives that are equal exactly when the keys' bytes are equal. The
 * id is the key itself with a `primitive` serde, otherwise its encoded bytes.
 */
export const keyIds = (serde: AnySerde, topic = ''): ((key: unknown) => unknown) => {
  if (serde.primitive === true) return (key) => key;
  const at: Coordinates = { topic, headers: [] };
  return (key) => bytesToId(serde.encode(key, at));
};

/** As {@link keyIds}, with strings as ids, to compose longer ids from. */
export const keyTexts = (serde: AnySerde, topic = ''): ((key: unknown) => string) => {
  const idOf = keyIds(serde, topic);
  return (key) => `${typeof key} ${idOf(key)}`;
};

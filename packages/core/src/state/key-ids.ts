import { bytesToId } from '../graph/bytes.js';
import type { AnySerde, Coordinates } from '../graph/serde.js';

/**
 * A primitive that tells the keys of a serde apart exactly as their bytes do, for use in a `Map`: the key itself where the
 * serde says that it can, else the encoded bytes.
 */
export const keyIds = (serde: AnySerde, topic = ''): ((key: unknown) => unknown) => {
  if (serde.primitive === true) return (key) => key;
  const at: Coordinates = { topic, headers: [] };
  return (key) => bytesToId(serde.encode(key, at));
};

/** As {@link keyIds}, always as a text, to be made part of a longer id. */
export const keyTexts = (serde: AnySerde, topic = ''): ((key: unknown) => string) => {
  const idOf = keyIds(serde, topic);
  return (key) => `${typeof key} ${idOf(key)}`;
};

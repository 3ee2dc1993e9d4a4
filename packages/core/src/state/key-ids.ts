import { bytesToId, checkedBytes } from '../graph/bytes.js';
import type { AnySerde, Coordinates, Serde } from '../graph/serde.js';

/**
 * Returns a function that maps keys to ids for a `Map`: primitives that are equal exactly when the keys' bytes are equal. The
 * id is the key itself with a `primitive` serde, otherwise its encoded bytes.
 */
export const keyIds = (serde: AnySerde, topic = ''): ((key: unknown) => unknown) => {
  if (serde.primitive === true) return (key) => key;
  const at: Coordinates = { topic, headers: [] };
  return (key) => bytesToId(checkedBytes(serde.encode(key, at)));
};

/** As {@link keyIds}, with strings as ids, to compose longer ids from. */
export const keyTexts = (serde: AnySerde, topic = ''): ((key: unknown) => string) => {
  const idOf = keyIds(serde, topic);
  return (key) => `${typeof key} ${idOf(key)}`;
};

/** Returns a function that maps keys to keys for a store to keep: as the serde decodes them, so that a restart changes none. */
export const keptKeys = <K>(serde: Serde<K>, topic: string): ((key: K) => K) => {
  const { decode, encode, roundTrip } = serde;
  const at: Coordinates = { topic, headers: [] };
  return roundTrip === undefined ? (key) => decode(encode(key, at), at) : (key) => roundTrip(key, at);
};

import type { Bytes } from './bytes.js';
import { ConfigError } from './errors.js';
import type { AnySerde, Coordinates, Serde } from './serde.js';

/** A topic with the types of its keys and values: one value used by sources, sinks, tests and tools. */
export interface Topic<in out K, in out V> {
  readonly name: string;
  readonly key: Serde<K>;
  readonly value: Serde<V>;
}

/** A topic whose types its holder does not care about. */
// biome-ignore lint/suspicious/noExplicitAny: the named alias behind the typed border
export type AnyTopic = Topic<any, any>;

/** Bytes kept as they are, or null: the key of a topic that names no key serde. */
const rawKey: Serde<Bytes | null> = {
  name: 'bytes | null',
  nullable: true,
  immutable: true,
  encode: (bytes: Bytes | null, { topic }: Coordinates) => {
    if (bytes === null) throw new ConfigError(`a null key of topic "${topic}" has no bytes`);
    return bytes;
  },
  decode: (bytes) => bytes,
};

/**
 * Names a topic and the types of what it holds. Without `key` its keys are bytes or null, untouched.
 *
 * @example
 * const orders = topic('orders', { key: string, value: json<Order>() })
 * const lines = topic('lines', { value: string })
 *
 * @throws ConfigError when Kafka would refuse the name.
 */
export function topic<K, V>(name: string, serdes: { key: Serde<K>; value: Serde<V> }): Topic<K, V>;
export function topic<V>(name: string, serdes: { value: Serde<V> }): Topic<Bytes | null, V>;
export function topic(name: string, serdes: { key?: AnySerde; value: AnySerde }): AnyTopic {
  checkName(name, 'a topic');
  return Object.freeze({ name, key: serdes.key ?? rawKey, value: serdes.value });
}

/** Kafka's rule for names of topics, which what outlives the process (stores, applications) follows too. */
export const checkName = (name: string, what: string): string => {
  if (/^[A-Za-z0-9._-]{1,249}$/.test(name) && name !== '.' && name !== '..') return name;
  throw new ConfigError(
    `${what} cannot be named ${JSON.stringify(name)}: use 1 to 249 of the characters a-z, A-Z, 0-9, ".", "_" and "-"`,
  );
};

import type { Bytes } from './bytes.js';
import { ConfigError, SerdeError } from './errors.js';
import type { AnySerde, Serde } from './serde.js';

/** A topic with the types of its keys and values: one value used by sources, sinks, tests and tools. */
export interface Topic<in out K, in out V> {
  readonly name: string;
  readonly key: Serde<K>;
  readonly value: Serde<V>;
}

/** A topic whose types its holder does not care about. */
// biome-ignore lint/suspicious/noExplicitAny: the named alias behind the typed border
export type AnyTopic = Topic<any, any>;

/** Bytes kept as they are, or null: the key of a topic that names no key serde. Not copied, since keys stay as they are. */
const rawKey: Serde<Bytes | null> = {
  name: 'bytes | null',
  nullable: true,
  encode: (bytes, { topic }) => {
    if (bytes instanceof Uint8Array) return bytes;
    throw new SerdeError(`a key without a serde is a Uint8Array or null, not a ${typeof bytes}`, { topic });
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
 * @throws ConfigError when Kafka would refuse the name, or a serde is none.
 */
export function topic<K, V>(name: string, serdes: { key: Serde<K>; value: Serde<V> }): Topic<K, V>;
export function topic<V>(name: string, serdes: { value: Serde<V> }): Topic<Bytes | null, V>;
export function topic(name: string, serdes: { key?: AnySerde; value: AnySerde }): AnyTopic {
  checkName(name, 'a topic');
  const { key = rawKey, value } = serdes;
  checkSerde(key, `the key of topic "${name}"`);
  checkSerde(value, `the value of topic "${name}"`);
  return Object.freeze({ name, key, value });
}

const checkSerde = (serde: AnySerde | undefined, what: string): void => {
  if (typeof serde?.encode === 'function' && typeof serde.decode === 'function') return;
  throw new ConfigError(`${what} has no serde: give it one, such as string or json()`);
};

/** Whether the whole of a topic's name matches a pattern. */
export const matchesWhole = (pattern: RegExp): ((topic: string) => boolean) => {
  const whole = new RegExp(`^(?:${pattern.source})$`, pattern.flags.replace(/[gmy]/g, ''));
  return (topic) => whole.test(topic);
};

/** Kafka's rule for names of topics, which what outlives the process (stores, applications) follows too. */
export const checkName = (name: string, what: string): string => {
  if (/^[A-Za-z0-9._-]{1,249}$/.test(name) && name !== '.' && name !== '..') return name;
  throw new ConfigError(
    `${what} cannot be named ${JSON.stringify(name)}: use 1 to 249 of the characters a-z, A-Z, 0-9, ".", "_" and "-"`,
  );
};

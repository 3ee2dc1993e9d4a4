import type { Bytes } from './bytes.js';
import { checkOptions } from './check-options.js';
import { ConfigError, SerdeError } from './errors.js';
import { type OptionChecks, option } from './option.js';
import type { AnySerde, Serde } from './serde.js';

/** A topic with the serdes of its keys and values, for sources, sinks, tests and tools. */
export interface Topic<in out K, in out V> {
  readonly name: string;
  readonly key: Serde<K>;
  readonly value: Serde<V>;
}

/** A topic of any types. */
// biome-ignore lint/suspicious/noExplicitAny: the named alias behind the typed border
export type AnyTopic = Topic<any, any>;

/** The key serde of topics without one: bytes or null, not copied. */
const rawKey: Serde<Bytes | null> = {
  name: 'bytes | null',
  nullable: true,
  encode: (bytes, { topic }) => {
    if (bytes instanceof Uint8Array) return bytes;
    throw new SerdeError(
      `a key without a serde is a Uint8Array or null, not a ${typeof bytes}: give the topic a key serde`,
      { topic },
    );
  },
  decode: (bytes) => bytes,
};

/**
 * Creates a topic. Without `key` its keys are bytes or null. Another topic may be given for its serdes.
 *
 * @example
 * const orders = topic('orders', { key: string, value: json<Order>() })
 * const lines = topic('lines', { value: string })
 *
 * @throws ConfigError when the name is invalid or a serde has no `encode` and `decode`.
 */
export function topic<K, V>(name: string, serdes: { key: Serde<K>; value: Serde<V> }): Topic<K, V>;
export function topic<V>(name: string, serdes: { value: Serde<V> }): Topic<Bytes | null, V>;
export function topic(name: string, serdes: { key?: AnySerde; value: AnySerde }): AnyTopic {
  checkName(name, 'a topic');
  if (!option.topic.accepts(serdes)) checkOptions(`topic "${name}"`, serdes, checks);
  const { key = rawKey, value } = serdes;
  return Object.freeze({ name, key, value });
}

const checks: OptionChecks<{ key?: AnySerde; value: AnySerde }> = {
  key: option.serde,
  value: option.required(option.serde),
};

/** Returns a predicate that is true for topic names that match a pattern as a whole. */
export const matchesWhole = (pattern: RegExp): ((topic: string) => boolean) => {
  const whole = new RegExp(`^(?:${pattern.source})$`, pattern.flags.replace(/[gmy]/g, ''));
  return (topic) => whole.test(topic);
};

/** True for a valid name of a topic, a store or an application by Kafka's rule: not empty, no other characters. */
export const isName = (name: unknown): name is string =>
  typeof name === 'string' && /^[A-Za-z0-9._-]{1,249}$/.test(name) && name !== '.' && name !== '..';

/** Returns a name that is valid for topics, stores and applications by Kafka's rule; throws `ConfigError` otherwise. */
export const checkName = (name: string, what: string): string => {
  if (isName(name)) return name;
  throw new ConfigError(
    `${what} cannot be named ${JSON.stringify(name)}: use 1 to 249 of the characters a-z, A-Z, 0-9, ".", "_" and "-"`,
  );
};

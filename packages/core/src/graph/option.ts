import { type Duration, isDuration } from './duration.js';

/** The values that an option takes. */
export interface OptionCheck {
  /** The values in words, for errors. */
  readonly takes: string;
  readonly accepts: (value: unknown) => boolean;
  /** True when the option cannot be left out. */
  readonly required?: boolean;
  /** Returns the checks of the members of an object; undefined for a value without options. */
  readonly membersOf?: (value: unknown) => Members | undefined;
}

/** The checks of the members of an object, by name. */
export type Members = Readonly<Record<string, OptionCheck>>;

/** The check of an option that cannot be left out. */
export interface RequiredCheck extends OptionCheck {
  readonly required: true;
}

/** The check of every option of a call. The compiler refuses a missing or an extra name. */
export type OptionChecks<O> = {
  readonly [name in keyof O]-?: object extends Pick<O, name> ? OptionCheck : RequiredCheck;
};

const whole = (least: number): OptionCheck => ({
  takes: `a whole number of at least ${least}`,
  accepts: (value) => Number.isSafeInteger(value) && (value as number) >= least,
});

const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const having = (takes: string, ...functions: readonly string[]): OptionCheck => ({
  takes,
  accepts: (value) => isObject(value) && functions.every((name) => typeof value[name] === 'function'),
});

const listOf = (each: OptionCheck): OptionCheck => ({
  takes: `a list, each ${each.takes}`,
  accepts: (value) => Array.isArray(value) && value.every(each.accepts),
});

const fn: OptionCheck = { takes: 'a function', accepts: (value) => typeof value === 'function' };
const serde = having('a serde, such as string, double or json()', 'encode', 'decode');
const encoder = having('a serde or an encoder, such as string, double or json()', 'encode');

const store: OptionCheck = {
  takes: "a store, such as keyValue('totals', { key, value })",
  accepts: (value) => isObject(value) && typeof value.name === 'string' && typeof value.open === 'function',
};

const hasSerdes = (value: unknown): value is Readonly<Record<string, unknown>> =>
  isObject(value) && serde.accepts(value.key) && serde.accepts(value.value);

const topic: OptionCheck = {
  takes: "a topic, such as topic('orders', { key, value })",
  accepts: (value) => hasSerdes(value) && typeof value.name === 'string',
};

/** One of the texts that an option takes, or the members of one of its kinds of objects. */
type Alternative<T> = T extends string ? T : T extends object ? OptionChecks<T> : never;

const oneOf = <T>(...alternatives: readonly Alternative<T>[]): OptionCheck => {
  const texts = alternatives.filter((one): one is Alternative<T> & string => typeof one === 'string');
  const kinds = alternatives.filter((one) => typeof one !== 'string') as readonly Members[];
  const shared = (value: object, kind: Members): number => Object.keys(value).filter((name) => name in kind).length;
  const words = alternatives.map((one) =>
    typeof one === 'string' ? `'${one}'` : `{ ${Object.keys(one).join(', ')} }`,
  );
  return {
    takes: words.length === 1 ? (words[0] as string) : `${words.slice(0, -1).join(', ')} or ${words.at(-1)}`,
    accepts: (value) => texts.some((text) => text === value) || (kinds.length > 0 && isObject(value)),
    membersOf: (value) =>
      isObject(value) ? [...kinds].sort((a, b) => shared(value, b) - shared(value, a))[0] : undefined,
  };
};

/**
 * The checks of options.
 *
 * @example
 * interface ConnectOptions { readonly host: string; readonly timeout?: Duration }
 * const checks: OptionChecks<ConnectOptions> = { host: option.required(option.text), timeout: option.duration }
 */
export const option = {
  /** A text that is not empty. */
  text: {
    takes: 'a text that is not empty',
    accepts: (value: unknown) => typeof value === 'string' && value.trim() !== '',
  },
  flag: { takes: 'true or false', accepts: (value: unknown) => typeof value === 'boolean' },
  duration: {
    takes: "a duration: whole milliseconds of at least 0, or a text such as '250ms', '30s', '5m', '1h' or '7d'",
    accepts: (value: unknown) => isDuration(value as Duration),
  },
  /** A time on the wall clock, in ms. */
  instant: { takes: 'whole milliseconds since 1970', accepts: Number.isSafeInteger },
  /** A whole number of at least `least`. */
  whole,
  /** A whole number of at least 1. */
  count: whole(1),
  /** A whole number of at least `least`, or no limit. */
  limit: (least: number): OptionCheck => ({
    takes: `${whole(least).takes}, or Infinity`,
    accepts: (value) => value === Number.POSITIVE_INFINITY || whole(least).accepts(value),
  }),
  fn,
  onError: { ...fn, takes: "a function that returns a decision, such as () => 'skip'" },
  /** A processor, alone or with its stores. */
  processor: {
    takes: 'a function that opens a processor',
    accepts: (value: unknown) => fn.accepts(isObject(value) ? value.processor : value),
  },
  serde,
  encoder,
  store,
  topic,
  /** The topics of a source: one, several, or a pattern. */
  source: {
    takes: `${topic.takes}, a list of topics, or { pattern, key, value }`,
    accepts: (value: unknown) =>
      Array.isArray(value)
        ? value.every(topic.accepts)
        : topic.accepts(value) || (hasSerdes(value) && value.pattern instanceof RegExp),
  },
  /** The topic of a sink. */
  sink: {
    takes: "a topic, such as topic('orders', { key, value }), or { choose, key, value }",
    accepts: (value: unknown) =>
      isObject(value) &&
      (typeof value.name === 'string' || fn.accepts(value.choose)) &&
      encoder.accepts(value.key) &&
      encoder.accepts(value.value),
  },
  transport: having('a transport, such as embedded() or kafka({ brokers })', 'consumer', 'producer', 'admin'),
  backend: having('a state backend, such as memory() or level()', 'open'),
  bucket: having('a bucket, such as folder(path)', 'get', 'put', 'getVersion', 'replace', 'list', 'delete'),
  byteStore: having('a byte store, such as memoryStore()', 'get', 'scan', 'commit'),
  clock: having('a clock', 'now', 'after'),
  telemetry: having('telemetry, such as new MetricRegistry()', 'counter', 'gauge', 'histogram'),
  /** An object with some functions. */
  having,
  listOf,
  /** One of some texts, or an object with the members of one of some kinds. */
  oneOf,
  /** One of two kinds of values. */
  either: (one: OptionCheck, other: OptionCheck): OptionCheck => ({
    takes: `${one.takes}, or ${other.takes}`,
    accepts: (value) => one.accepts(value) || other.accepts(value),
    membersOf: (value) => (one.accepts(value) ? one : other).membersOf?.(value),
  }),
  /** An option that cannot be left out. */
  required: (check: OptionCheck): RequiredCheck => ({ ...check, required: true }),
};

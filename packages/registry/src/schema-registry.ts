import {
  type Clock,
  ConfigError,
  checkOptions,
  type Duration,
  type OptionChecks,
  option,
  type SchemaSerde,
  type Serde,
  SerdeCache,
  systemClock,
  toMilliseconds,
} from '@kstreams/core/graph';
import { type RegistryAuth, RegistryClient } from './registry-client.js';
import { registrySerde } from './registry-serde.js';
import { SchemaCache } from './schema-cache.js';

export type { RegistryAuth } from './registry-client.js';

/** Options of {@link schemaRegistry}. */
export interface RegistryOptions {
  /** The address with the path of the interface, such as `http://localhost:8081`. */
  readonly url: string;
  readonly auth?: RegistryAuth;
  /** True to compare schemas without regard to their formatting and the order of attributes. Default false. */
  readonly normalize?: boolean;
  /** The time within which a request is repeated after failures that may pass. Default 30 seconds. */
  readonly deadline?: Duration;
  /** The function for requests. Default `fetch`. */
  readonly fetch?: typeof fetch;
  readonly clock?: Clock;
}

/**
 * The subject of a schema: `<topic>-key` and `<topic>-value`; the full name of the record; or `<topic>-<record>`. The last
 * two allow records of several types in one topic.
 */
export type SubjectStrategy = 'topic' | 'record' | 'topic-record';

/**
 * The schema that records are written with. `'register'` registers that of the serde. `'latest'` expects it to be the latest
 * version of its subject, and a number expects it to have this id; both fail at the start otherwise.
 */
export type WrittenSchema = 'register' | 'latest' | number;

/** Options of a serde. */
export interface RegistrySerdeOptions {
  /** Default `'topic'`. */
  readonly subject?: SubjectStrategy;
  /** Default `'register'`. */
  readonly write?: WrittenSchema;
}

/** A schema registry. */
export interface SchemaRegistry {
  /**
   * Returns a serde in Confluent's wire format: the id of the schema, then the payload of the given serde.
   *
   * The start of an application determines the ids of the topics that it writes, and fails if the registry refuses a
   * schema. A record with an unknown id waits until its schema is fetched; all later ones are decoded at once.
   *
   * Calls with the same serde and options object return the same serde.
   */
  serde<T>(serde: SchemaSerde<T>, options?: RegistrySerdeOptions): Serde<T>;
}

const isText = (value: unknown): boolean => typeof value === 'string';

/**
 * Creates the client of a schema registry with Confluent's HTTP interface, such as Confluent's, Apicurio, Karapace and
 * Redpanda. It makes no request before the first serde is used.
 *
 * @throws ConfigError for an invalid url or option.
 *
 * @example
 * const registry = schemaRegistry({ url: 'http://localhost:8081' })
 * const orders = topic('orders', { key: string, value: registry.serde(avro(orderSchema)) })
 */
export const schemaRegistry = (options: RegistryOptions): SchemaRegistry => {
  checkOptions('schemaRegistry', options, registryOptions);
  const { url, auth, normalize = false, deadline = '30s', clock = systemClock } = options;
  if (!URL.canParse(url) || !/^https?:$/.test(new URL(url).protocol)) {
    throw new ConfigError(
      `"${url}" is not the url of a schema registry: give one that begins with http:// or https://`,
    );
  }
  const client = new RegistryClient({
    url,
    auth,
    normalize,
    deadline: toMilliseconds(deadline, 'the deadline of requests'),
    clock,
    fetch: options.fetch ?? fetch,
  });
  const schemas = new SchemaCache(client, clock);
  const created = new SerdeCache();
  return {
    serde: (serde, serdeOptions = none) => {
      checkOptions('serde', serdeOptions, serdeChecks);
      return created.get([serde, serdeOptions], () => registrySerde(serde, { client, schemas }, serdeOptions));
    },
  };
};

const none: RegistrySerdeOptions = {};

const registryOptions: OptionChecks<RegistryOptions> = {
  url: option.required(option.text),
  auth: option.oneOf<RegistryAuth>(
    { username: option.required(option.text), password: option.required({ takes: 'a text', accepts: isText }) },
    { token: option.required(option.either(option.text, option.fn)) },
  ),
  normalize: option.flag,
  deadline: option.duration,
  fetch: option.fn,
  clock: option.having('a clock', 'now', 'after'),
};

const serdeChecks: OptionChecks<RegistrySerdeOptions> = {
  subject: option.oneOf<SubjectStrategy>('topic', 'record', 'topic-record'),
  write: option.either(option.oneOf<WrittenSchema & string>('register', 'latest'), option.count),
};

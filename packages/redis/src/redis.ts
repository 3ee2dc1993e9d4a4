import {
  type Backend,
  checkOptions,
  type OptionCheck,
  type OptionChecks,
  option,
  ReadableRows,
} from '@kstreams/core/graph';
import { cached } from '@kstreams/stores';
import { type RedisClient, sendWith } from './client.js';
import { openStorage } from './redis-storage.js';

/** Options of {@link redis}. */
export interface RedisOptions {
  /** A connected client of `redis` or `ioredis`. It stays open when the application closes. */
  readonly client: RedisClient;
  /**
   * The name of this process's state: the same at each start, and different for each process of an application, such as
   * `shop-0`. A process that opens a space takes it over from the one that has it open.
   */
  readonly space: string;
  /** The first part of the names of keys in Redis. Default `kstreams`. */
  readonly prefix?: string;
  /**
   * The form of rows: `'bytes'`, as their serdes write them, or `'json'` to write rows of keys as JSON, too, for other
   * programs. A space keeps its format. Default `'bytes'`.
   */
  readonly format?: 'bytes' | 'json';
  /** Memory for rows in the process, in bytes. Default 64 MiB. */
  readonly memory?: number;
}

const isClient = (value: unknown): boolean =>
  ['sendCommand', 'callBuffer'].some((name) => option.having('', name).accepts(value));

const client: OptionCheck = { takes: 'a connected client of redis or ioredis', accepts: isClient };

const checks: OptionChecks<RedisOptions> = {
  client: option.required(client),
  space: option.required(option.text),
  prefix: option.text,
  format: option.oneOf<'bytes' | 'json'>('bytes', 'json'),
  memory: option.count,
};

/**
 * Keeps state in Redis, behind a cache in memory. Each commit is atomic, with all rows and changelog positions. The changelog
 * stays the authority: if Redis loses its last commits, they are restored from there.
 *
 * `start` rejects with a `StorageError` when Redis cannot be reached, and when it may evict rows: set `maxmemory-policy` to
 * `noeviction`.
 *
 * @example
 * const client = await createClient({ url: 'redis://localhost' }).connect()
 * const running = await start(shop, { state: redis({ client, space: 'shop-0' }) })
 */
export const redis = (options: RedisOptions): Backend => {
  checkOptions('redis', options, checks);
  const { client, format, memory, prefix = 'kstreams', space } = options;
  return {
    name: 'redis',
    open: async (_folder, { stores = [], telemetry } = {}) => {
      const readable = format === 'json' ? new ReadableRows(stores) : undefined;
      const storage = await openStorage({ send: sendWith(client), prefix, space, readable });
      return cached(storage, { telemetry, ...(memory !== undefined && { memory }) });
    },
  };
};

import { type Backend, checkOptions, type OptionChecks, option, ReadableRows } from '@kstreams/core/graph';
import { cached } from '@kstreams/stores';
import type { PostgresPool } from './pool.js';
import { openStorage } from './postgres-storage.js';

/** Options of {@link postgres}. */
export interface PostgresOptions {
  /** A pool of `pg`. It stays open when the application closes. It needs one connection, and one more for each open scan. */
  readonly pool: PostgresPool;
  /**
   * The name of this process's state: the same at each start, and different for each process of an application, such as
   * `shop-0`. A process that opens a space takes it over from the one that has it open.
   */
  readonly space: string;
  /** The schema of the tables `spaces` and `rows`, which are created if they do not exist. Default `kstreams`. */
  readonly schema?: string;
  /**
   * The form of rows: `'bytes'`, as their serdes write them, or `'json'` to write rows of keys as JSON, too, for other
   * programs: the view `readable`. A space keeps its format. Default `'bytes'`.
   */
  readonly format?: 'bytes' | 'json';
  /** Memory for rows, in bytes. Default 64 MiB. */
  readonly memory?: number;
}

const checks: OptionChecks<PostgresOptions> = {
  pool: option.required(option.having('a Pool of pg', 'query', 'connect')),
  space: option.required(option.text),
  schema: option.text,
  format: option.oneOf<'bytes' | 'json'>('bytes', 'json'),
  memory: option.count,
};

/**
 * Keeps state in PostgreSQL, behind a cache in memory. Each commit is one statement with all rows and changelog positions.
 * `start` rejects with a `StorageError` when the database cannot be reached.
 *
 * @example
 * const pool = new Pool({ connectionString: 'postgres://localhost/shop', max: 4 })
 * const running = await start(shop, { state: postgres({ pool, space: 'shop-0' }) })
 */
export const postgres = (options: PostgresOptions): Backend => {
  checkOptions('postgres', options, checks);
  const { format, memory, pool, schema = 'kstreams', space } = options;
  return {
    name: 'postgres',
    open: async (_folder, { stores = [], telemetry } = {}) => {
      const readable = format === 'json' ? new ReadableRows(stores) : undefined;
      const storage = await openStorage({ pool, space, schema, readable });
      return cached(storage, { telemetry, ...(memory !== undefined && { memory }) });
    },
  };
};

import {
  type Backend,
  checkOptions,
  type OptionCheck,
  type OptionChecks,
  option,
  ReadableRows,
} from '@kstreams/core/graph';
import { cached } from '@kstreams/stores';
import { openStorage } from './bigtable-storage.js';
import type { BigtableTable } from './client.js';

/** Options of {@link bigtable}. */
export interface BigtableOptions {
  /**
   * A table of `@google-cloud/bigtable`, with a column family that keeps 3 versions. Its client stays open when the application
   * closes.
   */
  readonly table: BigtableTable;
  /**
   * The name of this process's state, without a slash: the same at each start, and different for each process of an application,
   * such as `shop-0`. A process that opens a space takes it over from the one that has it open.
   */
  readonly space: string;
  /** The column family of the rows. Default `kstreams`. */
  readonly family?: string;
  /**
   * The form of rows: `'bytes'`, as their serdes write them, or `'json'` to write rows of keys as JSON, too, for other
   * programs. A space keeps its format. Default `'bytes'`.
   */
  readonly format?: 'bytes' | 'json';
  /** Memory for rows in the process, in bytes. Default 64 MiB. */
  readonly memory?: number;
}

const space: OptionCheck = {
  takes: 'a text that is not empty and has no slash',
  accepts: (value) => option.text.accepts(value) && !(value as string).includes('/'),
};

const checks: OptionChecks<BigtableOptions> = {
  table: option.required(option.having('a table of @google-cloud/bigtable', 'getRows', 'mutate', 'row')),
  space: option.required(space),
  family: option.text,
  format: option.oneOf<'bytes' | 'json'>('bytes', 'json'),
  memory: option.count,
};

/**
 * Keeps state in Bigtable, behind a cache in memory. Each commit is atomic, with all rows and changelog positions: its rows have
 * its number, and count once the row of the space has it too.
 *
 * `start` rejects with a `StorageError` when Bigtable cannot be reached, and when the table or its column family is missing.
 *
 * @example
 * const table = new Bigtable().instance('shop').table('states')
 * const running = await start(shop, { state: bigtable({ table, space: 'shop-0' }) })
 */
export const bigtable = (options: BigtableOptions): Backend => {
  checkOptions('bigtable', options, checks);
  const { family = 'kstreams', format, memory, space, table } = options;
  return {
    name: 'bigtable',
    open: async (_folder, { stores = [], telemetry } = {}) => {
      const readable = format === 'json' ? new ReadableRows(stores) : undefined;
      const storage = await openStorage({ table, family, space, readable });
      return cached(storage, { telemetry, ...(memory !== undefined && { memory }) });
    },
  };
};

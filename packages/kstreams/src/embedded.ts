import { checkOptions, type OptionChecks, option } from '@kstreams/core/graph';
import {
  type EmbeddedTransport,
  embeddedChecks,
  embedded as embeddedLog,
  type EmbeddedOptions as LogOptions,
} from '@kstreams/embedded';

/** Settings of an embedded log. */
export interface EmbeddedOptions extends LogOptions {
  /** Folder of a durable log; without `folder` and `storage` the log is in memory. */
  readonly folder?: string;
  /** True to wait for the disk at every write, which survives a power loss; false by default. Needs `folder`. */
  readonly sync?: boolean;
  /** False to open a folder without reading its files first, also a damaged one; true by default. Needs `folder`. */
  readonly verify?: boolean;
}

const checks: OptionChecks<EmbeddedOptions> = {
  ...embeddedChecks,
  folder: option.text,
  sync: option.flag,
  verify: option.flag,
};

/**
 * Creates a log inside the process: topics, partitions, groups, offsets and transactions without a server. A log in a
 * folder is durable and belongs to one process at a time; several topologies of that process may share it.
 *
 * @throws ConfigError when the folder is empty.
 *
 * @example
 * const app = await start(shop, { transport: embedded({ folder: '.kstreams/shop/log' }) })
 */
export const embedded = (options: EmbeddedOptions = {}): EmbeddedTransport => {
  checkOptions('embedded', options, checks);
  const { folder, sync = false, verify = true, ...settings } = options;
  if (folder === undefined) return embeddedLog(settings);
  const open = async () => (await import('#level')).levelLog(folder, { sync, verify }).open();
  return embeddedLog({ storage: { name: folder, open }, ...settings });
};

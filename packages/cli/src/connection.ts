import { existsSync, readFileSync } from 'node:fs';
import { ConfigError, type Transport } from '@kstreams/core/graph';
import { type Command, Option } from 'commander';

/** The options that name a log. */
export interface Connection {
  /** `host:port` of brokers, separated by commas. */
  readonly brokers?: string;
  /** The folder of an embedded log. */
  readonly log?: string;
  /** A file with settings of the Kafka client, one `name=value` per line. */
  readonly config?: string;
}

/** Adds the options that name a log to a command. */
export const connectionOptions = (command: Command): Command =>
  command
    .addOption(
      new Option('--brokers <host:port>', 'brokers of a Kafka cluster').env('KSTREAMS_BROKERS').conflicts('log'),
    )
    .addOption(
      new Option('--config <file>', 'settings of the Kafka client, one name=value per line').env('KSTREAMS_CONFIG'),
    )
    .addOption(new Option('--log <folder>', 'folder of an embedded log that no application has open'));

/**
 * Opens the log that the options name.
 *
 * @throws ConfigError without a log, or for a file of settings that cannot be read.
 */
export const connect = async ({ brokers, config, log }: Connection): Promise<Transport> => {
  if (log !== undefined) {
    if (!existsSync(log)) throw new ConfigError(`${log} does not exist: pass the folder of an embedded log with --log`);
    const { embedded } = await import('@kstreams/embedded');
    const { levelLog } = await import('@kstreams/level');
    return embedded({ storage: levelLog(log) });
  }
  if (brokers === undefined) throw new ConfigError('no log is named: pass --brokers host:port, or --log folder');
  const { kafka } = await import('@kstreams/kafka');
  return kafka({ brokers, ...(config !== undefined && { client: settingsOf(config) }) });
};

/**
 * Returns the settings of a file: `name=value` lines, empty ones and comments after `#` aside.
 *
 * @throws ConfigError for a file that cannot be read, and for another line.
 */
export const settingsOf = (file: string): Readonly<Record<string, string>> => {
  if (!existsSync(file)) throw new ConfigError(`${file} does not exist: pass a file of settings with --config`);
  const lines = readFileSync(file, 'utf8').split('\n');
  const settings = lines.flatMap((line, index): (readonly [string, string])[] => {
    const text = line.trim();
    if (text === '' || text.startsWith('#')) return [];
    const at = text.indexOf('=');
    // The line may hold a password, so the error does not have it.
    if (at < 1) throw new ConfigError(`${file}:${index + 1} is no setting: write name=value`);
    return [[text.slice(0, at).trim(), text.slice(at + 1).trim()]];
  });
  return Object.fromEntries(settings);
};

/** Opens a log for a function and closes it afterwards. */
export const withLog = async <T>(transport: Transport, use: (log: Transport) => Promise<T>): Promise<T> => {
  try {
    return await use(transport);
  } finally {
    await transport.close();
  }
};

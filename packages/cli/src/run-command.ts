import { parseArgs } from 'node:util';
import { ConfigError, messageOf, toMilliseconds } from '@kstreams/core/graph';

/** The parsed command line of `kstreams run`. */
export interface RunCommand {
  readonly script: string;
  /** The number of processes; 1 unless set. */
  readonly processes: number;
  /** The time that processes have to end after a signal, in ms; 30,000 unless set. */
  readonly deadline: number;
  /** True when processes take instance ids from their state; true unless `--no-instance-ids` is set. */
  readonly instanceIds: boolean;
  /** The arguments after `--`, for the application. */
  readonly rest: readonly string[];
}

/** The help text. */
export const usage = `usage: kstreams run APP [--processes N] [--deadline 30s] [--no-instance-ids] [-- ARGUMENTS]

Runs an application in N processes (default 1), which share its partitions. Failed
processes restart after a growing pause. SIGTERM and SIGINT are forwarded; processes that
have not ended by the deadline are killed. If this command is killed, they end, too.

Processes with state on disk are static members of their group: one that crashes gets its
partitions back as soon as it has restarted. The partitions of one that is stopped for good
wait for the session timeout; with --no-instance-ids others take them over at once.`;

/**
 * Parses the command line.
 *
 * @throws ConfigError, with the usage where that helps, for an unknown command or option and for invalid values.
 */
export const parseRunCommand = (given: readonly string[]): RunCommand => {
  const separator = given.indexOf('--');
  const own = separator < 0 ? given : given.slice(0, separator);
  const { positionals, values } = parseOptions(own);
  const [command, script, ...more] = positionals;
  if (command !== 'run' || script === undefined || more.length > 0) throw new ConfigError(usage);
  const processes = Number(values.processes);
  if (!Number.isInteger(processes) || processes < 1) {
    throw new ConfigError(`--processes is "${values.processes}": it takes a whole number of at least 1`);
  }
  const deadline = toMilliseconds(values.deadline as never, '--deadline');
  const instanceIds = values['no-instance-ids'] !== true;
  return { script, processes, deadline, instanceIds, rest: separator < 0 ? [] : given.slice(separator + 1) };
};

const parseOptions = (own: readonly string[]) => {
  try {
    return parseArgs({
      args: [...own],
      allowPositionals: true,
      options: {
        processes: { type: 'string', default: '1' },
        'no-instance-ids': { type: 'boolean' },
        deadline: { type: 'string', default: '30s' },
      },
    });
  } catch (thrown) {
    throw new ConfigError(`${messageOf(thrown)}\n\n${usage}`, thrown);
  }
};

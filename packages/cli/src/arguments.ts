import { parseArgs } from 'node:util';
import { ConfigError, messageOf, toMilliseconds } from '@kstreams/core/graph';

/** What the command was asked for. */
export interface RunCommand {
  readonly script: string;
  readonly processes: number;
  /** How long processes may take to end, in ms, before they are killed. */
  readonly deadline: number;
  /** What is handed on to the application. */
  readonly rest: readonly string[];
}

/** How the command is used. */
export const usage = `usage: kstreams run APP [--processes N] [--deadline 30s] [-- ARGUMENTS]

Runs an application in N processes (1 unless set), which share its partitions. One that
fails is started again after a pause that grows with each time; SIGTERM and SIGINT are
passed on, and who has not ended by the deadline is killed.`;

/**
 * Reads the command line.
 *
 * @throws ConfigError for one that cannot be understood.
 */
export const readArguments = (given: readonly string[]): RunCommand => {
  const at = given.indexOf('--');
  const own = at < 0 ? given : given.slice(0, at);
  const { positionals, values } = parse(own);
  const [command, script, ...more] = positionals;
  if (command !== 'run' || script === undefined || more.length > 0) throw new ConfigError(usage);
  const processes = Number(values.processes);
  if (!Number.isInteger(processes) || processes < 1) {
    throw new ConfigError(`--processes ${values.processes} is not a whole number from 1 on`);
  }
  const deadline = toMilliseconds(values.deadline as never, '--deadline');
  return { script, processes, deadline, rest: at < 0 ? [] : given.slice(at + 1) };
};

const parse = (own: readonly string[]) => {
  try {
    return parseArgs({
      args: [...own],
      allowPositionals: true,
      options: {
        processes: { type: 'string', default: '1' },
        deadline: { type: 'string', default: '30s' },
      },
    });
  } catch (thrown) {
    throw new ConfigError(`${messageOf(thrown)}\n\n${usage}`, thrown);
  }
};

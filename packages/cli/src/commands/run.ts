import { ConfigError, toMilliseconds } from '@kstreams/core/graph';
import { type Command, InvalidArgumentError } from 'commander';
import { type Connection, connectionOptions } from '../connection.js';
import type { Ended } from '../ended.js';
import type { Environment } from '../environment.js';
import { examples } from '../examples.js';
import { pathOf } from '../load-topology.js';
import { Supervisor } from '../run/supervisor.js';
import { typescriptLoader } from '../typescript.js';

const help = `
A module that exports applications and starts none is started by this command, with its export
\`options\` as those of \`start\`. --brokers, --config and --log name their log; without them and
without options they run on an embedded log in .kstreams/NAME.

Failed processes restart after a growing pause; an error while the module loads ends the command.
SIGTERM and SIGINT are forwarded; processes that have not ended by the deadline are killed. If
this command is killed, they end, too.

Processes with state on disk are static members of their group: one that crashes gets its
partitions back as soon as it has restarted. The partitions of one that is stopped for good
wait for the session timeout; with --no-instance-ids others take them over at once.

Exit codes: 0 when all processes have ended with 0 or were stopped, 1 when the module cannot be
loaded or a process fails to close, 78 when the application cannot run.`;

interface RunOptions extends Connection {
  readonly processes: number;
  readonly watch?: boolean;
  readonly envFile: readonly string[];
  readonly deadline: number;
  readonly instanceIds: boolean;
}

/** Adds `kstreams run`. */
export const addRun = (program: Command, environment: Environment, ended: Ended): void => {
  const { clock, fork, onSignal, print, watchFolder } = environment;
  connectionOptions(program.command('run'))
    .description('run an application in one or several processes, which share its partitions')
    .argument('<file>', 'module that starts an application, or exports one')
    .argument('[arguments...]', 'arguments of the application, after --')
    .option('--processes <n>', 'number of processes', countOf, 1)
    .option('--watch', 'restart when a loaded file changes')
    .option('--env-file <file>', 'file of variables, for those that are not set; may be repeated', collect, [])
    .option('--deadline <duration>', 'time that processes have to end after a signal', durationOf, 30_000)
    .option('--no-instance-ids', 'do not take instance ids from state on disk')
    .addHelpText('after', help)
    .addHelpText(
      'after',
      examples(
        'kstreams run src/main.ts',
        'kstreams run src/topology.ts --brokers localhost:9092 --processes 4',
        'kstreams run src/main.ts --watch --env-file .env -- --port 8080',
      ),
    )
    .action(async (file: string, rest: readonly string[], options: RunOptions) => {
      const { deadline, envFile, instanceIds, processes, watch } = options;
      const script = pathOf(file);
      const loader = typescriptLoader(script);
      const supervisor = new Supervisor({
        script,
        rest,
        processes,
        deadline,
        instanceIds,
        nodeOptions: [
          ...envFile.map((one) => `--env-file=${pathOf(one)}`),
          ...(loader === undefined ? [] : ['--import', loader]),
        ],
        variables: variablesOf(options),
        ...(watch && { watchFolder }),
        clock,
        fork,
        print,
      });
      const stopListening = onSignal((signal) => supervisor.stop(signal));
      ended(await supervisor.run().finally(stopListening));
    });
};

/** Returns the variables that name the log of exported applications. */
const variablesOf = ({ brokers, config, log }: Connection): Readonly<Record<string, string>> => ({
  ...(brokers !== undefined && { KSTREAMS_BROKERS: brokers }),
  ...(config !== undefined && { KSTREAMS_CONFIG: config }),
  ...(log !== undefined && { KSTREAMS_LOG: log }),
});

const collect = (file: string, files: readonly string[]): readonly string[] => [...files, file];

const countOf = (text: string): number => {
  const count = Number(text);
  if (!Number.isInteger(count) || count < 1) throw new InvalidArgumentError('It takes a whole number of at least 1.');
  return count;
};

const durationOf = (text: string): number => {
  try {
    return toMilliseconds(text as never, '--deadline');
  } catch (thrown) {
    if (thrown instanceof ConfigError) throw new InvalidArgumentError(thrown.message);
    throw thrown;
  }
};

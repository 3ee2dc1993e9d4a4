import { ConfigError, toMilliseconds } from '@kstreams/core/graph';
import { type Command, InvalidArgumentError } from 'commander';
import type { Environment } from '../environment.js';
import { pathOf } from '../load-topology.js';
import type { Ended } from '../program.js';
import { Supervisor } from '../run/supervisor.js';

const help = `
Failed processes restart after a growing pause. SIGTERM and SIGINT are forwarded; processes that
have not ended by the deadline are killed. If this command is killed, they end, too.

Processes with state on disk are static members of their group: one that crashes gets its
partitions back as soon as it has restarted. The partitions of one that is stopped for good
wait for the session timeout; with --no-instance-ids others take them over at once.`;

interface RunOptions {
  readonly processes: number;
  readonly deadline: number;
  readonly instanceIds: boolean;
}

/** Adds `kstreams run`. */
export const addRun = (program: Command, { clock, fork, onSignal, print }: Environment, ended: Ended): void => {
  program
    .command('run')
    .description('run an application in several processes, which share its partitions')
    .argument('<file>', 'module that starts the application')
    .argument('[arguments...]', 'arguments of the application, after --')
    .option('--processes <n>', 'number of processes', countOf, 1)
    .option('--deadline <duration>', 'time that processes have to end after a signal', durationOf, 30_000)
    .option('--no-instance-ids', 'do not take instance ids from state on disk')
    .addHelpText('after', help)
    .action(async (file: string, rest: readonly string[], options: RunOptions) => {
      const supervisor = new Supervisor({ ...options, script: pathOf(file), rest, clock, fork, print });
      const stopListening = onSignal((signal) => supervisor.stop(signal));
      ended(await supervisor.run().finally(stopListening));
    });
};

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

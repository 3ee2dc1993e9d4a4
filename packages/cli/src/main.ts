import { ConfigError, checkOptions, messageOf, StreamsError } from '@kstreams/core/graph';
import { CommanderError } from 'commander';
import { type Environment, environmentChecks, machine } from './environment.js';
import { exitCodes } from './exit-codes.js';
import { createProgram } from './program.js';

/**
 * Runs the `kstreams` command and returns its exit code: 0 after success, 1 after a failure, 2 for an invalid command line, 78 when
 * an application cannot run in several processes.
 *
 * @example
 * process.exitCode = await main(['run', 'app.js', '--processes', '3'])
 */
export const main = async (given: readonly string[], environment: Partial<Environment> = {}): Promise<number> => {
  checkOptions('main', environment, environmentChecks);
  const used = { ...machine, ...environment };
  let code: number = exitCodes.success;
  const program = createProgram(used, (ended) => {
    code = ended;
  });
  try {
    await program.parseAsync([...given], { from: 'user' });
    return code;
  } catch (thrown) {
    // Commander has printed the help or the error.
    if (thrown instanceof CommanderError) return thrown.exitCode === 0 ? exitCodes.success : exitCodes.usage;
    if (thrown instanceof ConfigError) {
      used.report(thrown.message);
      return exitCodes.usage;
    }
    if (!(thrown instanceof StreamsError)) throw thrown;
    used.report(messageOf(thrown));
    return exitCodes.failure;
  }
};

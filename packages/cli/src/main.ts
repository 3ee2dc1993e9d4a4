import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { type Clock, ConfigError, checkOptions, type OptionChecks, option, systemClock } from '@kstreams/core/graph';
import { aclLines, parseAclsCommand } from './acls-command.js';
import { type Fork, fork } from './child-process.js';
import { parseRunCommand } from './run-command.js';
import { Supervisor } from './supervisor.js';

/** The machine that the command runs on; replaced in tests. */
export interface Environment {
  readonly clock: Clock;
  readonly fork: Fork;
  readonly print: (line: string) => void;
  /** Calls `listener` for each SIGTERM and SIGINT; returns a function that stops it. */
  readonly onSignal: (listener: (signal: NodeJS.Signals) => void) => () => void;
}

const checks: OptionChecks<Partial<Environment>> = {
  clock: option.clock,
  fork: option.fn,
  print: option.fn,
  onSignal: option.fn,
};

const machine: Environment = {
  clock: systemClock,
  fork,
  print: (line) => console.log(line),
  onSignal: (listener) => {
    const signals = ['SIGTERM', 'SIGINT'] as const;
    for (const signal of signals) process.on(signal, listener);
    return () => {
      for (const signal of signals) process.off(signal, listener);
    };
  },
};

/**
 * Runs the `kstreams` command and returns its exit code: 0 when all processes ended with 0 or rights are printed, 2 for an invalid command line,
 * 78 when the application cannot run in several processes, else the code of the first process that failed to stop.
 *
 * @example
 * process.exitCode = await main(['run', 'app.js', '--processes', '3'])
 */
export const main = async (given: readonly string[], environment: Partial<Environment> = {}): Promise<number> => {
  checkOptions('main', environment, checks);
  const { clock, fork, onSignal, print } = { ...machine, ...environment };
  try {
    if (given[0] === 'acls') return await printAcls(given.slice(1), print);
    const { script, ...options } = parseRunCommand(given);
    const path = pathOf(script);
    const supervisor = new Supervisor({ ...options, script: path, clock, fork, print });
    const stopListening = onSignal((signal) => supervisor.stop(signal));
    return await supervisor.run().finally(stopListening);
  } catch (thrown) {
    if (!(thrown instanceof ConfigError)) throw thrown;
    print(thrown.message);
    return 2;
  }
};

const printAcls = async (given: readonly string[], print: Environment['print']): Promise<number> => {
  const command = parseAclsCommand(given);
  for (const line of await aclLines(pathOf(command.script), command)) print(line);
  return 0;
};

const pathOf = (script: string): string => {
  const path = resolve(script);
  if (!existsSync(path)) throw new ConfigError(`${path} does not exist: pass the path of a script`);
  return path;
};

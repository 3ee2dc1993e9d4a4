import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { type Clock, ConfigError, systemClock } from '@kstreams/core/graph';
import { readArguments } from './arguments.js';
import { type Fork, fork } from './child.js';
import { Supervisor } from './supervisor.js';

/** What the command touches of the machine. */
export interface Surroundings {
  readonly clock: Clock;
  readonly fork: Fork;
  readonly print: (line: string) => void;
  /** Calls for each signal that asks for an end, until the answer is called. */
  readonly onSignal: (call: (signal: NodeJS.Signals) => void) => () => void;
}

const machine: Surroundings = {
  clock: systemClock,
  fork,
  print: (line) => console.log(line),
  onSignal: (call) => {
    const signals = ['SIGTERM', 'SIGINT'] as const;
    for (const signal of signals) process.on(signal, call);
    return () => {
      for (const signal of signals) process.off(signal, call);
    };
  },
};

/**
 * The `kstreams` command: `kstreams run app.js --processes 3`. Answers the exit code: 0 when all processes ended well, 2
 * for a command that cannot be understood.
 */
export const main = async (given: readonly string[], around: Partial<Surroundings> = {}): Promise<number> => {
  const { clock, fork, onSignal, print } = { ...machine, ...around };
  try {
    const { deadline, processes, rest, script } = readArguments(given);
    const path = resolve(script);
    if (!existsSync(path)) throw new ConfigError(`there is no ${path} to run`);
    const supervisor = new Supervisor({ script: path, rest, processes, deadline, clock, fork, print });
    const forget = onSignal((signal) => supervisor.end(signal));
    return await supervisor.run().finally(forget);
  } catch (thrown) {
    if (!(thrown instanceof ConfigError)) throw thrown;
    print(thrown.message);
    return 2;
  }
};

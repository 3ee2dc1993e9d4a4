import { type Clock, type OptionChecks, option, systemClock, type Transport } from '@kstreams/core/graph';
import { type Connection, connect } from './connection.js';
import { type Ask, ask } from './init/ask.js';
import { type Fork, fork } from './run/child-process.js';
import { type WatchFolder, watchFolder } from './run/file-watch.js';

/** The machine that the command runs on; replaced in tests. */
export interface Environment {
  readonly clock: Clock;
  readonly fork: Fork;
  readonly watchFolder: WatchFolder;
  /** Prints a line of output. */
  readonly print: (line: string) => void;
  /** Prints a line of a message to the user: errors, usage, progress. */
  readonly report: (line: string) => void;
  /** Calls `listener` for each SIGTERM and SIGINT; returns a function that stops it. */
  readonly onSignal: (listener: (signal: NodeJS.Signals) => void) => () => void;
  /** Opens the log that the options name. */
  readonly connect: (connection: Connection) => Promise<Transport>;
  /** The lines of the standard input. */
  readonly input: AsyncIterable<string>;
  /** True when input and output are a terminal, so that a command may prompt. */
  readonly isTerminal: boolean;
  /** Prompts for the choices of a new project. */
  readonly ask: Ask;
}

/** The checks of an {@link Environment}. */
export const environmentChecks: OptionChecks<Partial<Environment>> = {
  clock: option.clock,
  fork: option.fn,
  watchFolder: option.fn,
  print: option.fn,
  report: option.fn,
  onSignal: option.fn,
  connect: option.fn,
  input: option.having('an iterable of lines'),
  isTerminal: option.flag,
  ask: option.fn,
};

/** The machine of the process. */
export const machine: Environment = {
  clock: systemClock,
  fork,
  watchFolder,
  print: (line) => console.log(line),
  report: (line) => console.error(line),
  onSignal: (listener) => {
    const signals = ['SIGTERM', 'SIGINT'] as const;
    for (const signal of signals) process.on(signal, listener);
    return () => {
      for (const signal of signals) process.off(signal, listener);
    };
  },
  connect,
  input: {
    async *[Symbol.asyncIterator]() {
      const { createInterface } = await import('node:readline');
      yield* createInterface({ input: process.stdin });
    },
  },
  isTerminal: process.stdin.isTTY === true && process.stdout.isTTY === true,
  ask,
};

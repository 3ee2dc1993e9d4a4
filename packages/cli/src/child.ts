import { fork as forkProcess } from 'node:child_process';
import { createInterface } from 'node:readline';

/** How a process ended: with a code, or by a signal. */
export interface End {
  readonly code: number | null;
  readonly signal: string | null;
  /** What it said when it refused to run as one of several. */
  readonly refused?: string;
}

/** A process that was forked. */
export interface Child {
  kill(signal: NodeJS.Signals): void;
  /** Resolves when it has ended. */
  readonly ended: Promise<End>;
}

/** Forks a process; what it prints is told line by line. */
export type Fork = (
  script: string,
  given: readonly string[],
  variables: Readonly<Record<string, string>>,
  print: (line: string) => void,
) => Child;

/** Forks a process of Node, with the options of this one. */
export const fork: Fork = (script, given, variables, print) => {
  const child = forkProcess(script, given, {
    env: { ...process.env, ...variables },
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
  });
  for (const stream of [child.stdout, child.stderr]) if (stream !== null) createInterface(stream).on('line', print);
  let refused: string | undefined;
  child.on('message', (said) => {
    if (isRefusal(said)) refused = said.message;
  });
  return {
    kill: (signal) => child.kill(signal),
    ended: new Promise((resolve) => {
      child.once('error', (thrown) => {
        print(thrown.message);
        resolve({ code: 1, signal: null });
      });
      child.once('close', (code, signal) => resolve({ code, signal, ...(refused !== undefined && { refused }) }));
    }),
  };
};

/** What an application tells who forked it when it cannot run as one of several processes. */
const isRefusal = (said: unknown): said is { readonly kstreams: 'refused'; readonly message: string } =>
  typeof said === 'object' && said !== null && (said as { readonly kstreams?: unknown }).kstreams === 'refused';

import { fork as forkProcess } from 'node:child_process';
import { createInterface } from 'node:readline';

/** The end of a process: its exit code, or the signal that killed it. */
export interface Exit {
  readonly code: number | null;
  readonly signal: string | null;
  /** The reason of an application that cannot run as one of several processes. */
  readonly refused?: string;
}

/** A forked process. */
export interface Child {
  kill(signal: NodeJS.Signals): void;
  /** Resolves when the process has ended. */
  readonly exited: Promise<Exit>;
}

/** Forks a process and passes its output to `print`, line by line. */
export type Fork = (
  script: string,
  given: readonly string[],
  variables: Readonly<Record<string, string>>,
  print: (line: string) => void,
) => Child;

/** Ends a process when this one is gone. Plain JavaScript, since Node loads it before any loader hooks. */
const endWithSupervisor = new URL('../../bin/end-with-supervisor.js', import.meta.url).href;

/** Forks a Node process with the options of this one. It ends when this process does. */
export const fork: Fork = (script, given, variables, print) => {
  const child = forkProcess(script, given, {
    execArgv: [...process.execArgv, '--import', endWithSupervisor],
    env: { ...process.env, ...variables, KSTREAMS_SUPERVISOR: String(process.pid) },
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
  });
  for (const stream of [child.stdout, child.stderr]) if (stream !== null) createInterface(stream).on('line', print);
  let refused: string | undefined;
  child.on('message', (message) => {
    if (isRefusal(message)) refused = message.message;
  });
  return {
    kill: (signal) => child.kill(signal),
    exited: new Promise((resolve) => {
      child.once('error', (thrown) => {
        print(thrown.message);
        resolve({ code: 1, signal: null });
      });
      child.once('close', (code, signal) => resolve({ code, signal, ...(refused !== undefined && { refused }) }));
    }),
  };
};

/** True for the message of an application that cannot run as one of several processes. */
const isRefusal = (message: unknown): message is { readonly kstreams: 'refused'; readonly message: string } =>
  typeof message === 'object' &&
  message !== null &&
  (message as { readonly kstreams?: unknown }).kstreams === 'refused';

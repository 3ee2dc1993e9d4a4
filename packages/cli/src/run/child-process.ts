import { fork as forkProcess } from 'node:child_process';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

/** The end of a process: its exit code, or the signal that killed it. */
export interface Exit {
  readonly code: number | null;
  readonly signal: string | null;
  /** True when the module had loaded, or one of its applications had started. */
  readonly loaded: boolean;
  /** The reason of an application that cannot run, and that no restart mends. */
  readonly refused?: string;
}

/** A forked process. */
export interface Child {
  kill(signal: NodeJS.Signals): void;
  /** Resolves when the process has ended. */
  readonly exited: Promise<Exit>;
}

/** A process to fork. */
export interface ForkOptions {
  readonly script: string;
  /** The arguments of the script. */
  readonly given: readonly string[];
  readonly variables: Readonly<Record<string, string>>;
  /** Options of Node, such as `--env-file`. */
  readonly nodeOptions: readonly string[];
  /** Receives the output, line by line. */
  readonly print: (line: string) => void;
  /** Receives the path of each file that the process loads. */
  readonly onFile?: (path: string) => void;
}

/** Forks a process. */
export type Fork = (options: ForkOptions) => Child;

/**
 * Modules that Node loads before the script: the first ends the process when this one is gone, the second starts what the
 * script exports. Plain JavaScript, since Node loads them before any loader hooks.
 */
const preloaded = ['end-with-supervisor.js', 'start-exported.js'].map(
  (file) => new URL(`../../bin/${file}`, import.meta.url),
);

/** Forks a Node process with the options of this one. It ends when this process does. */
export const fork: Fork = ({ given, nodeOptions, onFile, print, script, variables }) => {
  const child = forkProcess(script, given, {
    execArgv: [...process.execArgv, ...nodeOptions, ...preloaded.flatMap(({ href }) => ['--import', href])],
    env: {
      ...process.env,
      ...variables,
      KSTREAMS_SUPERVISOR: String(process.pid),
      // Node sends the files that a process loads to its parent, as for `node --watch`.
      ...(onFile !== undefined && { WATCH_REPORT_DEPENDENCIES: '1' }),
    },
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
    // A terminal sends Ctrl-C to all processes of its group. This one forwards it, and a second one would end them at once.
    detached: process.platform !== 'win32',
  });
  for (const stream of [child.stdout, child.stderr]) if (stream !== null) createInterface(stream).on('line', print);
  let refused: string | undefined;
  let loaded = false;
  child.on('message', (message: Message) => {
    if (message.kstreams === 'loaded') loaded = true;
    if (message.kstreams === 'refused') refused = message.message;
    for (const path of filesOf(message)) onFile?.(path);
  });
  return {
    kill: (signal) => child.kill(signal),
    exited: new Promise((resolve) => {
      child.once('error', (thrown) => {
        print(thrown.message);
        resolve({ code: 1, signal: null, loaded });
      });
      child.once('close', (code, signal) =>
        resolve({ code, signal, loaded, ...(refused !== undefined && { refused }) }),
      );
    }),
  };
};

/** A message of a process: of its application, of the module that starts exports, or of Node for a loaded file. */
interface Message {
  readonly kstreams?: unknown;
  readonly message?: string;
  readonly 'watch:import'?: readonly unknown[];
  readonly 'watch:require'?: readonly unknown[];
}

/** Returns the paths of the files that a message names. Modules of Node have none. */
const filesOf = (message: Message): readonly string[] => [
  ...(message['watch:import'] ?? []).flatMap((url) =>
    typeof url === 'string' && url.startsWith('file:') ? [fileURLToPath(url)] : [],
  ),
  ...(message['watch:require'] ?? []).filter((path) => typeof path === 'string'),
];

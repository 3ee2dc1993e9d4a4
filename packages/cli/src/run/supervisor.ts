import { backoff, type Cancel, type Clock, checkOptions, type OptionChecks, option } from '@kstreams/core/graph';
import { exitCodes } from '../exit-codes.js';
import type { Child, Exit, Fork } from './child-process.js';
import { FileWatch, type WatchFolder } from './file-watch.js';

/** Options of a {@link Supervisor}. */
export interface SupervisorOptions {
  readonly script: string;
  /** The arguments of every process. */
  readonly rest: readonly string[];
  /** The number of processes. */
  readonly processes: number;
  /** The time that processes have to end after a signal, in ms. */
  readonly deadline: number;
  /** True when processes take instance ids from their state. */
  readonly instanceIds: boolean;
  /** Options of Node for every process. */
  readonly nodeOptions: readonly string[];
  /** The variables of every process. */
  readonly variables: Readonly<Record<string, string>>;
  /** Restarts all processes when a file changes that one of them has loaded; none unless given. */
  readonly watchFolder?: WatchFolder;
  readonly clock: Clock;
  readonly fork: Fork;
  readonly print: (line: string) => void;
}

const texts = option.listOf({ takes: 'a text', accepts: (value) => typeof value === 'string' });

const checks: OptionChecks<SupervisorOptions> = {
  script: option.required(option.text),
  rest: option.required(texts),
  processes: option.required(option.count),
  deadline: option.required(option.whole(0)),
  instanceIds: option.required(option.flag),
  nodeOptions: option.required(texts),
  variables: option.required(option.having('texts by name')),
  watchFolder: option.fn,
  clock: option.required(option.clock),
  fork: option.required(option.fn),
  print: option.required(option.fn),
};

/** The first pause before a restart, in ms; it doubles with each further failure, up to 30 s. */
const firstPause = 250;
/** The running time after which the failures of a process are forgotten, in ms. */
const stableTime = 60_000;

/** One of the processes, across its restarts. */
interface Slot {
  readonly number: number;
  child: Child | undefined;
  failures: number;
  /** True once a process has loaded the script. */
  loaded: boolean;
  /** True when a process follows: after the pause that a failure takes, or after the end of one that a change closes. */
  restarting: boolean;
  /** Cancels the restart, or the deadline of a process that closes. */
  cancelTimer: Cancel;
}

/**
 * Runs a script in several processes and restarts failed ones after a growing pause. Prefixes their output with their
 * number. Ends when all processes have ended with code 0, after `stop`, when the script cannot be loaded, or when its
 * application refuses to run. With a watch only `stop` ends it. A supervisor that is killed takes its processes along: they
 * close as after a signal.
 */
export class Supervisor {
  readonly #options: SupervisorOptions;
  readonly #slots: readonly Slot[];
  readonly #watch: FileWatch | undefined;
  #code: number = exitCodes.success;
  #stopping = false;
  #end: (code: number) => void = () => {};

  constructor(options: SupervisorOptions) {
    checkOptions('Supervisor', options, checks);
    this.#options = options;
    this.#slots = Array.from({ length: options.processes }, (_, number) => ({
      number,
      child: undefined,
      failures: 0,
      loaded: false,
      restarting: false,
      cancelTimer: () => {},
    }));
    const { clock, script, watchFolder } = options;
    if (watchFolder === undefined) return;
    this.#watch = new FileWatch({ clock, watchFolder, changed: (path) => this.#restart(path) });
    this.#watch.add(script);
  }

  /** Starts all processes; resolves with an exit code when none is left. */
  run(): Promise<number> {
    return new Promise((resolve) => {
      this.#end = resolve;
      for (const slot of this.#slots) this.#start(slot);
    });
  }

  /** Sends a signal to all processes and cancels restarts; kills processes that run past the deadline. */
  stop(signal: NodeJS.Signals): void {
    const stopping = this.#stopping;
    this.#stopping = true;
    this.#watch?.close();
    for (const slot of this.#slots) {
      if (stopping) slot.child?.kill(signal);
      else this.#close(slot, signal);
      slot.restarting = false;
    }
    this.#endIfIdle();
  }

  /** Starts all processes again because a file has changed, those that run after their end. */
  #restart(path: string): void {
    this.#options.print(`${path} has changed: restart`);
    for (const slot of this.#slots) {
      slot.failures = 0;
      if (slot.child !== undefined && slot.restarting) continue;
      this.#close(slot, 'SIGTERM');
      if (slot.child === undefined) this.#start(slot);
      else slot.restarting = true;
    }
  }

  /** Sends a signal to a process, and kills it at the deadline. Without a process, cancels the restart. */
  #close(slot: Slot, signal: NodeJS.Signals): void {
    const { child, number } = slot;
    slot.cancelTimer();
    if (child === undefined) return;
    child.kill(signal);
    slot.cancelTimer = this.#options.clock.after(this.#options.deadline, () => {
      this.#print(number, 'killed: it did not end by the deadline');
      if (this.#stopping) this.#code ||= exitCodes.failure;
      child.kill('SIGKILL');
    });
  }

  #start(slot: Slot): void {
    const { clock, deadline, fork, instanceIds, nodeOptions, processes, rest, script } = this.#options;
    slot.restarting = false;
    const child = fork({
      script,
      given: rest,
      nodeOptions,
      variables: {
        ...this.#options.variables,
        KSTREAMS_DEADLINE: String(deadline),
        KSTREAMS_PROCESS: String(slot.number),
        KSTREAMS_PROCESSES: String(processes),
        ...(instanceIds && { KSTREAMS_INSTANCE_IDS: 'state' }),
      },
      print: (line) => this.#print(slot.number, line),
      ...(this.#watch !== undefined && { onFile: (path) => this.#watch?.add(path) }),
    });
    const started = clock.monotonic();
    slot.child = child;
    child.exited.then((exit) => {
      slot.child = undefined;
      slot.cancelTimer();
      slot.loaded ||= exit.loaded;
      this.#exited(slot, exit, clock.monotonic() - started);
    });
  }

  #exited(slot: Slot, { code, refused, signal }: Exit, runningTime: number): void {
    const end = signal === null ? `ended with code ${code}` : `killed by ${signal}`;
    if (this.#stopping) {
      if (code !== 0 && signal !== 'SIGKILL') this.#code ||= code ?? exitCodes.failure;
      this.#endIfIdle();
    } else if (slot.restarting) {
      this.#start(slot);
    } else if (this.#watch !== undefined) {
      this.#print(slot.number, `${end}: waits for a change of a file`);
    } else if (refused !== undefined) {
      this.#fail(exitCodes.refused);
    } else if (code === 0) {
      this.#print(slot.number, end);
      this.#endIfIdle();
    } else if (signal === null && !slot.loaded) {
      this.#print(slot.number, `${end} before it had loaded: no restart`);
      this.#fail(exitCodes.failure);
    } else {
      slot.failures = runningTime >= stableTime ? 0 : slot.failures + 1;
      const pause = backoff(Math.max(1, slot.failures), { first: firstPause });
      this.#print(slot.number, `${end}: restart in ${pause} ms`);
      slot.restarting = true;
      slot.cancelTimer = this.#options.clock.after(pause, () => this.#start(slot));
    }
  }

  /** Stops all processes, for an error that no restart mends. */
  #fail(code: number): void {
    this.#code = code;
    this.stop('SIGTERM');
  }

  /** Ends the run when no process is running or restarting. */
  #endIfIdle(): void {
    if (this.#slots.some(({ child, restarting }) => child !== undefined || restarting)) return;
    this.#end(this.#code);
  }

  #print(number: number, line: string): void {
    this.#options.print(`[${number}] ${line}`);
  }
}

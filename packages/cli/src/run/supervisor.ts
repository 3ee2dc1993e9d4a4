import { backoff, type Cancel, type Clock, checkOptions, type OptionChecks, option } from '@kstreams/core/graph';
import { exitCodes } from '../exit-codes.js';
import type { Child, Exit, Fork } from './child-process.js';

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
  readonly clock: Clock;
  readonly fork: Fork;
  readonly print: (line: string) => void;
}

const checks: OptionChecks<SupervisorOptions> = {
  script: option.required(option.text),
  rest: option.required(option.listOf({ takes: 'a text', accepts: (value) => typeof value === 'string' })),
  processes: option.required(option.count),
  deadline: option.required(option.whole(0)),
  instanceIds: option.required(option.flag),
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
  /** True between a failure and the restart. */
  restarting: boolean;
  cancelRestart: Cancel;
}

/**
 * Runs a script in several processes and restarts failed ones after a growing pause. Prefixes their output with their
 * number. Ends when all processes have ended with code 0, after `stop`, or when the application refuses to run as one of
 * several. A supervisor that is killed takes its processes along: they close as after a signal.
 */
export class Supervisor {
  readonly #options: SupervisorOptions;
  readonly #slots: readonly Slot[];
  #code = 0;
  #stopping = false;
  #cancelDeadline: Cancel = () => {};
  #end: (code: number) => void = () => {};

  constructor(options: SupervisorOptions) {
    checkOptions('Supervisor', options, checks);
    this.#options = options;
    this.#slots = Array.from({ length: options.processes }, (_, number) => ({
      number,
      child: undefined,
      failures: 0,
      restarting: false,
      cancelRestart: () => {},
    }));
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
    for (const { child } of this.#slots) child?.kill(signal);
    if (this.#stopping) return;
    this.#stopping = true;
    for (const slot of this.#slots) {
      slot.cancelRestart();
      slot.restarting = false;
    }
    this.#cancelDeadline = this.#options.clock.after(this.#options.deadline, () => {
      for (const { child, number } of this.#slots) {
        if (child === undefined) continue;
        this.#print(number, 'killed: it did not end by the deadline');
        this.#code ||= 1;
        child.kill('SIGKILL');
      }
    });
    this.#endIfIdle();
  }

  #start(slot: Slot): void {
    const { clock, deadline, fork, instanceIds, processes, rest, script } = this.#options;
    const variables = {
      KSTREAMS_DEADLINE: String(deadline),
      KSTREAMS_PROCESS: String(slot.number),
      KSTREAMS_PROCESSES: String(processes),
      ...(instanceIds && { KSTREAMS_INSTANCE_IDS: 'state' }),
    };
    const child = fork(script, rest, variables, (line) => this.#print(slot.number, line));
    const started = clock.monotonic();
    slot.child = child;
    child.exited.then((exit) => {
      slot.child = undefined;
      this.#exited(slot, exit, clock.monotonic() - started);
    });
  }

  #exited(slot: Slot, { code, refused, signal }: Exit, runningTime: number): void {
    if (this.#stopping) {
      if (code !== 0 && signal !== 'SIGKILL') this.#code ||= code ?? 1;
      this.#endIfIdle();
      return;
    }
    if (refused !== undefined) {
      this.#code = exitCodes.refused;
      this.stop('SIGTERM');
      return;
    }
    if (code === 0) {
      this.#print(slot.number, 'ended with code 0');
      this.#endIfIdle();
      return;
    }
    slot.failures = runningTime >= stableTime ? 0 : slot.failures + 1;
    const pause = backoff(Math.max(1, slot.failures), { first: firstPause });
    this.#print(
      slot.number,
      `${signal === null ? `ended with code ${code}` : `killed by ${signal}`}: restart in ${pause} ms`,
    );
    slot.restarting = true;
    slot.cancelRestart = this.#options.clock.after(pause, () => {
      slot.restarting = false;
      this.#start(slot);
    });
  }

  /** Ends the run when no process is running or restarting. */
  #endIfIdle(): void {
    if (this.#slots.some(({ child, restarting }) => child !== undefined || restarting)) return;
    this.#cancelDeadline();
    this.#end(this.#code);
  }

  #print(number: number, line: string): void {
    this.#options.print(`[${number}] ${line}`);
  }
}

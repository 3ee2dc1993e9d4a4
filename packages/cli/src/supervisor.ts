import { backoff, type Cancel, type Clock } from '@kstreams/core/graph';
import type { Child, End, Fork } from './child.js';

/** What a supervisor is given. */
export interface SupervisorOptions {
  readonly script: string;
  readonly rest: readonly string[];
  readonly processes: number;
  /** How long processes may take to end once they were asked to, in ms. */
  readonly deadline: number;
  readonly clock: Clock;
  readonly fork: Fork;
  readonly print: (line: string) => void;
}

/** The exit code of the whole when a process refused to run. */
export const refusal = 78;
/** The first pause before a process is started again, in ms; it doubles with each further one. */
const firstPause = 250;
/** A process that has run for so long counts as having started well, in ms. */
const steady = 60_000;

/** Where one process runs at a time. */
interface Place {
  readonly number: number;
  child: Child | undefined;
  failures: number;
  /** True between an end and the next start. */
  waiting: boolean;
  cancel: Cancel;
}

/**
 * Runs a script in several processes: who fails is started again after a pause that grows, what they print is told with
 * the number of each. It is over when all have ended well, when it was asked to end, or when a process refuses to run.
 */
export class Supervisor {
  readonly #options: SupervisorOptions;
  readonly #places: readonly Place[];
  #code = 0;
  #ending = false;
  #cancelDeadline: Cancel = () => {};
  #over: (code: number) => void = () => {};

  constructor(options: SupervisorOptions) {
    this.#options = options;
    this.#places = Array.from({ length: options.processes }, (_, number) => ({
      number,
      child: undefined,
      failures: 0,
      waiting: false,
      cancel: () => {},
    }));
  }

  /** Starts all; resolves with an exit code when all have ended for good. */
  run(): Promise<number> {
    return new Promise((resolve) => {
      this.#over = resolve;
      for (const place of this.#places) this.#start(place);
    });
  }

  /** Passes a signal on, after which all should end; those who have not by the deadline are killed. */
  end(signal: NodeJS.Signals): void {
    for (const { child } of this.#places) child?.kill(signal);
    if (this.#ending) return;
    this.#ending = true;
    for (const place of this.#places) {
      place.cancel();
      place.waiting = false;
    }
    this.#cancelDeadline = this.#options.clock.after(this.#options.deadline, () => {
      for (const { child, number } of this.#places) {
        if (child === undefined) continue;
        this.#say(number, 'did not end in time and is killed');
        this.#code ||= 1;
        child.kill('SIGKILL');
      }
    });
    this.#settle();
  }

  #start(place: Place): void {
    const { clock, fork, processes, rest, script } = this.#options;
    const variables = { KSTREAMS_PROCESS: String(place.number), KSTREAMS_PROCESSES: String(processes) };
    const child = fork(script, rest, variables, (line) => this.#say(place.number, line));
    const started = clock.now();
    place.child = child;
    child.ended.then((end) => {
      place.child = undefined;
      this.#ended(place, end, clock.now() - started);
    });
  }

  #ended(place: Place, { code, refused, signal }: End, lived: number): void {
    const how = signal === null ? `with ${code}` : `by ${signal}`;
    if (this.#ending) {
      if (code !== 0 && signal !== 'SIGKILL') this.#code ||= code ?? 1;
      this.#settle();
      return;
    }
    if (refused !== undefined) {
      this.#code = refusal;
      this.end('SIGTERM');
      return;
    }
    if (code === 0) {
      this.#say(place.number, 'ended well');
      this.#settle();
      return;
    }
    place.failures = lived >= steady ? 0 : place.failures + 1;
    const pause = backoff(Math.max(1, place.failures), { first: firstPause });
    this.#say(place.number, `ended ${how} and is started again in ${pause} ms`);
    place.waiting = true;
    place.cancel = this.#options.clock.after(pause, () => {
      place.waiting = false;
      this.#start(place);
    });
  }

  /** It is over once nobody is left, or will come again. */
  #settle(): void {
    if (this.#places.some(({ child, waiting }) => child !== undefined || waiting)) return;
    this.#cancelDeadline();
    this.#over(this.#code);
  }

  #say(number: number, line: string): void {
    this.#options.print(`[${number}] ${line}`);
  }
}

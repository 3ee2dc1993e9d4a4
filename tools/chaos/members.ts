/** The processes of the workload: starts, kills, suspends and restarts them. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { setTimeout as pause } from 'node:timers/promises';

const register = new URL('../run/register.js', import.meta.url).href;
const script = new URL('./member.ts', import.meta.url).pathname;

/** A slot for one process. */
export class Member {
  readonly number: number;
  readonly #arguments: readonly string[];
  readonly #note: (line: string) => void;
  #child: ChildProcess | undefined;
  #wanted = true;
  #starts = 0;
  #running: Promise<void> = Promise.resolve();

  /** `run` holds the arguments of the script; `note` receives the output of processes. */
  constructor(number: number, run: readonly string[], note: (line: string) => void) {
    this.number = number;
    this.#arguments = run;
    this.#note = note;
  }

  /** The number of processes that it has started. */
  get starts(): number {
    return this.#starts;
  }

  /** Starts a process. It is restarted after a moment if it ends unexpectedly. */
  start(): void {
    this.#wanted = true;
    this.#starts++;
    const child = spawn(process.execPath, ['--no-warnings', '--import', register, script, ...this.#arguments], {
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    this.#child = child;
    this.#running = new Promise((resolve) => {
      const hear = (line: string): void => {
        this.#note(`${this.number}: ${line}`);
        if (line.endsWith(' is running')) resolve();
      };
      createInterface({ input: child.stdout as NodeJS.ReadableStream }).on('line', hear);
      createInterface({ input: child.stderr as NodeJS.ReadableStream }).on('line', hear);
      child.once('exit', () => resolve());
    });
    child.once('exit', (code, signal) => {
      this.#note(`${this.number}: ended with ${signal ?? code}`);
      if (this.#wanted && this.#child === child) setTimeout(() => this.#wanted && this.start(), 1_000);
    });
  }

  /** Resolves when the current process runs all its tasks, or has ended. */
  running(): Promise<void> {
    return this.#running;
  }

  /** Kills the process, as a crash would. It is restarted. */
  kill(): void {
    this.#child?.kill('SIGKILL');
  }

  /** Suspends the process for some ms. */
  async stop(ms: number): Promise<void> {
    const child = this.#child;
    child?.kill('SIGSTOP');
    await pause(ms);
    child?.kill('SIGCONT');
  }

  /** Closes the process in order, within 30 s. */
  async close(): Promise<void> {
    this.#wanted = false;
    const child = this.#child;
    if (child === undefined || child.exitCode !== null || child.signalCode !== null) return;
    const ended = once(child, 'exit');
    child.kill('SIGTERM');
    const deadline = setTimeout(() => child.kill('SIGKILL'), 30_000);
    await ended;
    clearTimeout(deadline);
  }
}

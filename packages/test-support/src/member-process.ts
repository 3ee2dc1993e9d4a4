/** A process of an application, observed through its output. */
import { type ChildProcess, spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { partitionId } from '@kstreams/core/graph';
import type { InstanceMetadata } from 'kstreams/authors';
import type { MemberArguments, MemberEvent } from './run-member.js';

const root = fileURLToPath(new URL('../../..', import.meta.url));

/** A process that runs a program with `runMember`, its partitions and its events. */
export class MemberProcess {
  readonly events: MemberEvent[] = [];
  /** The owned partitions, as `topic/partition`. */
  readonly held = new Set<string>();
  readonly #child: ChildProcess;
  readonly #ended: Promise<number | null>;
  readonly #waiting = new Set<() => void>();
  #over = false;

  constructor(program: URL, member: MemberArguments) {
    const command = ['--import', './tools/run/register.js', fileURLToPath(program), JSON.stringify(member)];
    this.#child = spawn(process.execPath, command, { cwd: root, stdio: ['ignore', 'pipe', 'inherit'] });
    createInterface({ input: this.#child.stdout as NodeJS.ReadableStream }).on('line', (line) =>
      this.#onEvent(JSON.parse(line) as MemberEvent),
    );
    this.#ended = new Promise((resolve) => {
      this.#child.on('close', (code) => {
        this.#over = true;
        for (const check of this.#waiting) check();
        resolve(code);
      });
    });
  }

  /** The address of the process; empty until it listens, and without one. */
  get endpoint(): string {
    return this.events.flatMap((event) => (event.kind === 'listening' ? event.endpoint : []))[0] ?? '';
  }

  /** The latest processes of the application that it sees. */
  get instances(): readonly InstanceMetadata[] {
    return this.events.flatMap((event) => (event.kind === 'instances' ? [event.instances] : [])).at(-1) ?? [];
  }

  /** Resolves once a condition holds. Checks it with each line of output. */
  async until(what: string, holds: () => boolean): Promise<void> {
    await new Promise<void>((resolve, reject) => {
      const check = (): void => {
        if (holds()) resolve();
        else if (this.#over) reject(new Error(`the process ended before ${what}`));
        else return;
        this.#waiting.delete(check);
      };
      this.#waiting.add(check);
      check();
    });
  }

  /** Resolves to the address of the process once it sees some processes that share all tasks, each with at least one. */
  async placed(processes: number, tasks: number): Promise<string> {
    await this.until(`${processes} processes have ${tasks} tasks`, () => {
      const counts = this.instances.map((one) => one.tasks.length);
      return counts.length === processes && counts.every(Boolean) && counts.reduce((a, b) => a + b) === tasks;
    });
    return this.endpoint;
  }

  /** Closes the process with SIGTERM and returns its exit code. */
  stop(): Promise<number | null> {
    this.#child.kill('SIGTERM');
    return this.#ended;
  }

  /** Kills the process. */
  async kill(): Promise<void> {
    this.#child.kill('SIGKILL');
    await this.#ended;
  }

  #onEvent(event: MemberEvent): void {
    this.events.push(event);
    if (event.kind === 'assigned') for (const one of event.partitions) this.held.add(partitionId(one));
    if (event.kind === 'revoked' || event.kind === 'lost') {
      for (const one of event.partitions) this.held.delete(partitionId(one));
    }
    for (const check of this.#waiting) check();
  }
}

/** A group member in another process, observed through its output. */
import { type ChildProcess, spawn } from 'node:child_process';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { partitionId } from '@kstreams/core/graph';
import type { AppEvent } from 'kstreams';
import type { InstanceMetadata } from 'kstreams/authors';
import type { Member } from './shop.js';

const root = join(import.meta.dirname, '../../../..');

/** An event of the process. A process that serves queries also reports its address and the instances that it sees. */
export type MemberEvent =
  | AppEvent
  | { readonly kind: 'listening'; readonly endpoint: string }
  | { readonly kind: 'instances'; readonly instances: readonly InstanceMetadata[] };

/** A process that runs `shop`, its partitions and its events. */
export class MemberProcess {
  readonly events: MemberEvent[] = [];
  /** The owned partitions, as `topic/partition`. */
  readonly held = new Set<string>();
  readonly #child: ChildProcess;
  readonly #ended: Promise<number | null>;
  readonly #waiting = new Set<() => void>();
  #over = false;

  /** `program` is the name of a file in this folder. */
  constructor(member: Member, program = 'shop-member.ts') {
    this.#child = spawn(
      process.execPath,
      [
        '--import',
        './tools/run/register.js',
        `packages/integration-tests/src/cluster/${program}`,
        JSON.stringify(member),
      ],
      {
        cwd: root,
        stdio: ['ignore', 'pipe', 'inherit'],
      },
    );
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

  /** Resolves once a condition holds. Checks it with each line of output. */
  async until(what: string, holds: () => boolean): Promise<void> {
    if (holds()) return;
    await new Promise<void>((resolve, reject) => {
      const check = (): void => {
        if (holds()) resolve();
        else if (this.#over) reject(new Error(`the process ended before ${what}`));
        else return;
        this.#waiting.delete(check);
      };
      this.#waiting.add(check);
    });
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

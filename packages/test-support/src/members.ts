/** Processes of one application on a Kafka cluster. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Transport } from 'kstreams';
import { kafka } from 'kstreams/kafka';
import { MemberProcess } from './member-process.js';
import type { MemberArguments } from './run-member.js';

/** The processes of an application with a unique name, a log for the test itself, and their folders. */
export class Members {
  readonly log: Transport;
  readonly name: string;
  readonly #brokers: string;
  readonly #program: URL;
  readonly #started: MemberProcess[] = [];
  readonly #folders: string[] = [];

  constructor(brokers: string, name: string, program: URL) {
    this.log = kafka({ brokers });
    this.name = `${name}-${process.pid}-${Date.now()}`;
    this.#brokers = brokers;
    this.#program = program;
  }

  /** Starts a process, in a new folder unless set. */
  async begin(given: Partial<Omit<MemberArguments, 'brokers' | 'name'>> = {}): Promise<MemberProcess> {
    const folder = given.folder ?? (await this.newFolder());
    const started = new MemberProcess(this.#program, { brokers: this.#brokers, name: this.name, ...given, folder });
    this.#started.push(started);
    return started;
  }

  /** Creates a folder, which is removed at the end. */
  async newFolder(): Promise<string> {
    const folder = await mkdtemp(join(tmpdir(), 'kstreams-member-'));
    this.#folders.push(folder);
    return folder;
  }

  /** Kills the processes, closes the log and removes the folders. */
  async close(): Promise<void> {
    for (const one of this.#started.splice(0)) await one.kill();
    await this.log.close();
    for (const folder of this.#folders.splice(0)) await rm(folder, { recursive: true, force: true });
  }
}

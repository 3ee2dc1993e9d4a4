import { type Observer, observers, type Streams, TopologyBuilder } from '@kstreams/core';
import { type Testable, TestDriver, type TestDriverOptions } from '@kstreams/testing';
import type { App, StartOptions, start } from 'kstreams';
import { lineOfCall } from './lines.js';
import type { Recorder } from './recorder.js';

/** What one run of a snippet made: its topologies, its drivers, its applications. */
export class Session {
  /** The line that appended each node. */
  readonly lines = new Map<string, number>();
  readonly recorder: Recorder;
  /** Called before a topology that the snippet drives itself begins to run. */
  onTopology: (topology: Streams) => void = () => {};
  #driven = false;
  readonly #log: (text: string) => void;
  readonly #chains: Streams[] = [];
  readonly #apps: Promise<App>[] = [];

  constructor(recorder: Recorder, log: (text: string) => void) {
    this.recorder = recorder;
    this.#log = log;
  }

  /** The topology that is drawn: the one that is driven, else the one built last. */
  get topology(): Streams | undefined {
    return this.#chains.at(-1);
  }

  /** Whether the snippet puts its own records in. */
  get driven(): boolean {
    return this.#driven;
  }

  built(chain: Streams): Streams {
    this.#chains.push(chain);
    return chain;
  }

  /** As `start`, observed. */
  start(begin: typeof start, source: Parameters<typeof start>[0], options: StartOptions): Promise<App> {
    this.#drives(source);
    const log = (_: object, message: string): void => this.#log(message);
    const logger = { debug: () => {}, info: () => {}, warn: log, error: log };
    const app = begin(source, { logger, ...options, observer: this.#watching(options.observer) });
    this.#apps.push(app);
    return app;
  }

  /** As `testDriver`, observed. */
  drive(topology: Testable, options: TestDriverOptions = {}): TestDriver {
    this.#drives(topology);
    return new TestDriver(topology, { ...options, observer: this.#watching(options.observer) });
  }

  /** Closes what still runs. */
  async close(): Promise<void> {
    for (const app of this.#apps) await app.then((one) => one.close()).catch(() => {});
  }

  #watching(other: Observer = {}): Observer {
    return observers(this.recorder.observer, other);
  }

  #drives(topology: unknown): void {
    this.#driven = true;
    const chain = this.#chains.find((one) => one === topology) ?? this.topology;
    if (chain !== undefined) this.onTopology(chain);
  }
}

/** Remembers the line of the snippet that appended each node, while `work` builds. */
export const noteLines = (lines: Map<string, number>): (() => void) => {
  const { append } = TopologyBuilder.prototype;
  TopologyBuilder.prototype.append = function (node) {
    const line = lineOfCall();
    if (line !== undefined) lines.set(node.id, line);
    return append.call(this, node) as never;
  };
  return () => {
    TopologyBuilder.prototype.append = append;
  };
};

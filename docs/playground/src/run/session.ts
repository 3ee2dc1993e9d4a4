import { observers, type Streams, TopologyBuilder } from '@kstreams/core';
import type { Testable, TestDriverOptions } from '@kstreams/testing';
import type { App, StartOptions, start } from 'kstreams';
import { lineOfCall } from './lines.js';
import { RecordedDriver } from './recorded-driver.js';
import type { Recorder } from './recorder.js';

/** The topologies, drivers and applications that one run of a snippet creates. */
export class Session {
  /** The line of the snippet that built each node. */
  readonly lines = new Map<string, number>();
  readonly recorder: Recorder;
  /** Called before a driver or application of the snippet starts. */
  onTopology: (topology: Streams) => void = () => {};
  #driven = false;
  readonly #log: (text: string) => void;
  readonly #chains: Streams[] = [];
  readonly #apps: Promise<App>[] = [];

  constructor(recorder: Recorder, log: (text: string) => void) {
    this.recorder = recorder;
    this.#log = log;
  }

  /** The topology to draw: the last one built. */
  get topology(): Streams | undefined {
    return this.#chains.at(-1);
  }

  /** True when the snippet pipes its own records. */
  get driven(): boolean {
    return this.#driven;
  }

  built(chain: Streams): Streams {
    this.#chains.push(chain);
    return chain;
  }

  /** Starts an application with the recorder attached. */
  start(begin: typeof start, source: Parameters<typeof start>[0], options: StartOptions): Promise<App> {
    this.#markDriven(source);
    const log = (_: object, message: string): void => this.#log(message);
    const logger = { debug: () => {}, info: () => {}, warn: log, error: log };
    const app = begin(source, {
      logger,
      ...options,
      observer: observers(this.recorder.observer, options.observer ?? {}),
    });
    this.#apps.push(app);
    return app;
  }

  /** Creates a test driver with the recorder attached. */
  drive(topology: Testable, options: TestDriverOptions = {}): RecordedDriver {
    this.#markDriven(topology);
    return new RecordedDriver(topology, options, this.recorder);
  }

  /** Closes the applications that still run. */
  async close(): Promise<void> {
    for (const app of this.#apps) {
      // The snippet's own code received the failure of a start; closing reports nothing that is still needed.
      await app.then((one) => one.close()).catch(() => {});
    }
  }

  #markDriven(topology: unknown): void {
    this.#driven = true;
    const chain = this.#chains.find((one) => one === topology) ?? this.topology;
    if (chain !== undefined) this.onTopology(chain);
  }
}

/** Notes the line of the snippet that builds each node, until the returned function is called. */
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

import { run } from '@kstreams/runtime';
import { memoryStore } from '@kstreams/stores';
import { TestClock } from '@kstreams/testing';
import { type App, embedded } from 'kstreams';
import type { ByteStore, TopicPartition } from 'kstreams/authors';
import { buildCase } from '../build-case.js';
import type { Case, CaseRow, CaseStep, Emitted } from '../case.js';
import { rowsOf } from './driver.js';
import type { Engine } from './engine.js';
import { LogAccess } from './log-access.js';
import { randomOf } from './random.js';
import { Turns } from './turns.js';

/** Options of an application run. */
export interface AppEngineOptions {
  readonly partitions: number;
  /** The probability of a close and reopen before a step. */
  readonly reopens: number;
  /** Seeds the reopens, with the name of the case. */
  readonly seed: string;
}

/**
 * The whole runtime on an embedded log, closed and opened again now and then, half of the times without its state, which
 * the changelogs bring back. Before a step, all that followed from the
 * one before has come to rest: everything in its sources is committed as read, and a commit comes after all that its
 * records led to is on the log. Nobody sleeps: the log is looked at after each turn of the application.
 */
export class AppEngine implements Engine {
  readonly #case: Case;
  readonly #options: AppEngineOptions;
  readonly #clock: TestClock;
  readonly #turns: Turns;
  readonly #log: LogAccess;
  readonly #globals: readonly TopicPartition[];
  readonly #random: () => number;
  #app!: App;
  #state = memoryStore();
  /** The drops before the application was opened, less those while it opened: it reads global tables anew. */
  #droppedBefore = 0;

  private constructor(
    one: Case,
    options: AppEngineOptions,
    given: { clock: TestClock; turns: Turns; log: LogAccess; globals: readonly TopicPartition[] },
  ) {
    this.#case = one;
    this.#options = options;
    this.#clock = given.clock;
    this.#turns = given.turns;
    this.#log = given.log;
    this.#globals = given.globals;
    this.#random = randomOf(`${options.seed} ${one.name}`);
  }

  /** Starts the application of a case on a new log. */
  static async open(one: Case, options: AppEngineOptions): Promise<AppEngine> {
    const { app, outputs } = buildCase(one);
    const { globalTables, subtopologies } = app.describe().toJSON();
    const globals = globalTables.map(({ topic }) => ({ topic, partition: 0 }));
    const clock = new TestClock();
    const transport = embedded({ clock });
    const log = await LogAccess.open(transport, app.name, options.partitions);
    await log.create(inputTopics(one));
    const engine = new AppEngine(one, options, { clock, turns: new Turns(transport, globals), log, globals });
    await engine.#start();
    const nodes = subtopologies.flatMap((subtopology) => subtopology.nodes);
    const sources = nodes.flatMap((node) => (node.kind === 'source' ? (node.topics as readonly string[]) : []));
    await log.follow(sources, outputs);
    return engine;
  }

  async feed({ in: input, advanceWallClockMs }: CaseStep): Promise<void> {
    if (this.#random() < this.#options.reopens) await this.#reopen();
    if (input !== undefined) await this.#log.write(input);
    if (advanceWallClockMs !== undefined) {
      this.#clock.advance(advanceWallClockMs);
      // the current turn may have read the clock before; the next one has not, and is over with the third
      for (let turn = 0; turn < 3; turn++) await this.#turns.next();
    }
    while (!(await this.#atRest())) await this.#turns.next();
  }

  read(): Promise<readonly Required<Emitted>[]> {
    return this.#log.read();
  }

  get dropped(): number {
    return [...this.#app.drops.values()].reduce((sum, count) => sum + count, this.#droppedBefore);
  }

  rows(store: string): Promise<readonly CaseRow[]> {
    return rowsOf(this.#app.view(store));
  }

  async close(): Promise<void> {
    await this.#app.close();
    await this.#turns.transport.close();
  }

  async #start(): Promise<void> {
    this.#app = await run(buildCase(this.#case).app, {
      transport: this.#turns.transport,
      state: { name: 'memory', open: async () => outliving(this.#state) },
      stateFolder: '',
      clock: this.#clock,
      commitInterval: 0,
      liveLimit: 1,
    });
    this.#app.closed.catch((thrown: unknown) => this.#turns.fail(thrown));
    await this.#app.running();
  }

  async #reopen(): Promise<void> {
    const { dropped } = this;
    await this.#app.close();
    if (this.#random() < 0.5) this.#state = memoryStore();
    await this.#start();
    this.#droppedBefore = 0;
    this.#droppedBefore = dropped - this.dropped;
  }

  async #atRest(): Promise<boolean> {
    for (const one of this.#globals) if (this.#turns.reached(one) < (await this.#log.end(one))) return false;
    return this.#log.consumed();
  }
}

/** State that survives a close of its application. */
const outliving = (bytes: ByteStore): ByteStore => ({
  owner: bytes.owner,
  get: (key) => bytes.get(key),
  scan: (from, to, options) => bytes.scan(from, to, options),
  commit: (writes) => bytes.commit(writes),
  clear: (from, to) => bytes.clear(from, to),
  close: async () => {},
});

/** Returns the topics that a case reads, compacted if they are tables, unless the case writes null keys to them. */
const inputTopics = ({ steps, topology }: Case): ReadonlyMap<string, 'compact' | 'delete'> => {
  const withNulls = new Set(steps.map(({ in: input }) => (input?.key === null ? input.topic : undefined)));
  return new Map(
    topology.flatMap(({ op, topic }) =>
      op === 'to' || topic === undefined
        ? []
        : [[topic, op === 'stream' || withNulls.has(topic) ? 'delete' : 'compact'] as const],
    ),
  );
};

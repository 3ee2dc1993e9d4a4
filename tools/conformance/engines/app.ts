import { run } from '@kstreams/runtime';
import { TestClock } from '@kstreams/testing';
import { type App, embedded } from 'kstreams';
import type { TopicPartition } from 'kstreams/authors';
import { buildCase } from '../build-case.js';
import type { Case, CaseRow, CaseStep, Emitted } from '../case.js';
import type { States } from '../states.js';
import { rowsOf } from './driver.js';
import { type Engine, uncounted } from './engine.js';
import { LogAccess } from './log-access.js';
import { PollTracker } from './poll-tracker.js';
import { randomOf } from './random.js';

/** Options of an application run. */
export interface AppEngineOptions {
  readonly partitions: number;
  /** The probability of a close and reopen before a step. */
  readonly reopens: number;
  /** Seeds the reopens, with the name of the case. */
  readonly seed: string;
  readonly states: States;
}

/**
 * The whole runtime on an embedded log. Closes and reopens the application at seeded points; half of the time the state is
 * lost and restored. A step starts after everything in the sources is committed, and so after all results
 * of the step before are on the log. Checks the log at each poll of the application, without sleeping.
 */
export class AppEngine implements Engine {
  readonly #case: Case;
  readonly #options: AppEngineOptions;
  readonly #clock: TestClock;
  readonly #polls: PollTracker;
  readonly #log: LogAccess;
  readonly #globals: readonly TopicPartition[];
  readonly #random: () => number;
  #app!: App;
  readonly #id = crypto.randomUUID();
  /** The number of disks that were lost. */
  #disk = 0;
  /** Drops before the last open, minus those during it, since the application reads global tables again. */
  #droppedBefore = 0;

  private constructor(
    one: Case,
    options: AppEngineOptions,
    given: { clock: TestClock; polls: PollTracker; log: LogAccess; globals: readonly TopicPartition[] },
  ) {
    this.#case = one;
    this.#options = options;
    this.#clock = given.clock;
    this.#polls = given.polls;
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
    const engine = new AppEngine(one, options, { clock, polls: new PollTracker(transport, globals), log, globals });
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
      // The current turn may have read the clock before. The next one reads it after, and ends at the third poll.
      for (let turn = 0; turn < 3; turn++) await this.#polls.next();
    }
    while (!(await this.#isIdle())) await this.#polls.next();
  }

  read(): Promise<readonly Required<Emitted>[]> {
    return this.#log.read();
  }

  get ordersByKey(): boolean {
    return this.#options.states.waits;
  }

  get dropped(): number {
    const counted = [...this.#app.drops].filter(([drop]) => !uncounted.some((reason) => drop.endsWith(` ${reason}`)));
    return counted.reduce((sum, [, count]) => sum + count, this.#droppedBefore);
  }

  rows(store: string): Promise<readonly CaseRow[]> {
    return rowsOf(this.#app.view(store));
  }

  async close(): Promise<void> {
    await this.#app.close();
    await this.#polls.transport.close();
  }

  async #start(): Promise<void> {
    this.#app = await run(buildCase(this.#case).app, {
      transport: this.#polls.transport,
      state: this.#options.states.backend(this.#id, this.#disk),
      stateFolder: 'state',
      clock: this.#clock,
      commitInterval: 0,
      liveLimit: 1,
    });
    this.#app.closed.catch((thrown: unknown) => this.#polls.fail(thrown));
    await this.#app.running();
  }

  async #reopen(): Promise<void> {
    const { dropped } = this;
    await this.#app.close();
    if (this.#random() < 0.5) this.#disk++;
    await this.#start();
    this.#droppedBefore = 0;
    this.#droppedBefore = dropped - this.dropped;
  }

  async #isIdle(): Promise<boolean> {
    for (const one of this.#globals) if (this.#polls.reached(one) < (await this.#log.end(one))) return false;
    return this.#log.consumed();
  }
}

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

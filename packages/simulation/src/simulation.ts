import { changelogTopic, messageOf, type Plan, sourceTopics, type TopicPartition } from '@kstreams/core/graph';
import { type EmbeddedTransport, embedded } from '@kstreams/embedded';
import { taskId } from '@kstreams/runtime';
import { checkOutcome } from './checks/check-outcome.js';
import { InvariantChecker } from './checks/invariant-checker.js';
import { type InputFeed, prepareLog } from './input-feed.js';
import { allReadable, nothingBehind, partitionsOf } from './log-contents.js';
import type { SeedReport, SimulationOptions } from './options.js';
import { Processes } from './process/processes.js';
import { runOptions } from './process/run-options.js';
import { SimulatedProcess } from './process/simulated-process.js';
import { yieldToEventLoop } from './schedule/event-loop.js';
import { allFaults, Faults } from './schedule/faults.js';
import { Random } from './schedule/random.js';
import { type Actor, Scheduler } from './schedule/scheduler.js';
import { Trace } from './schedule/trace.js';
import { SimulationFailure } from './simulation-failure.js';
import { planOf, type SimulatedTopology, waits } from './topology.js';

/** How many steps a seed may take before it is taken for one that never ends. */
const stepLimit = 200_000;
/** How long a member of the group may go without polling, in virtual ms. */
const pollTimeout = 1_500;
/** Where virtual time begins, in ms. */
const begin = 1_000;
/** The steps around a commit, where a crash is most telling. */
const telling = /flush|offsets|transaction|rows|deliver|seek|clear/;

/** One run of a topology in several processes on one log, with all that the seed lets go wrong. */
export class Simulation {
  readonly #options: SimulationOptions;
  readonly #seed: number;
  readonly #random: Random;
  readonly #trace = new Trace();
  readonly #scheduler: Scheduler;
  readonly #faults: Faults;
  readonly #invariants: InvariantChecker;
  readonly #plan: Plan;
  readonly #topology: SimulatedTopology;
  readonly #world: Actor = { name: 'world', dead: false, stalledUntil: 0 };
  readonly #log: EmbeddedTransport;
  #steps = 0;

  constructor(topology: SimulatedTopology, options: SimulationOptions, seed: number) {
    this.#topology = topology;
    this.#options = options;
    this.#seed = seed;
    this.#random = new Random(seed);
    this.#scheduler = new Scheduler(this.#random, this.#trace, begin);
    this.#faults = new Faults(this.#random, options.faults ?? allFaults, this.#random.below(9));
    this.#plan = planOf(topology);
    this.#invariants = new InvariantChecker(
      (partition) => this.#taskOf(partition),
      (partition) => this.#taskLogging(partition),
      waits(this.#plan),
      () => this.#steps,
    );
    const clock = this.#scheduler.clockOf(this.#world);
    this.#log = embedded({ clock, pollTimeout, sessionTimeout: 500 });
  }

  /** Runs to the end; throws a {@link SimulationFailure} when a law was broken. */
  async run(): Promise<SeedReport> {
    try {
      await this.#live();
    } catch (thrown) {
      if (thrown instanceof SimulationFailure) throw thrown;
      throw this.#failure(messageOf(thrown), thrown);
    }
    return { seed: this.#seed, hash: this.#trace.hash, steps: this.#steps, faults: this.#faults.counts };
  }

  async #live(): Promise<void> {
    const { guarantee = 'at-least-once' } = this.#options;
    const feed = await prepareLog(this.#plan, this.#log, this.#options, this.#random);
    const processes = new Processes({
      topology: this.#topology,
      around: this.#options.around ?? ((seams) => seams),
      settings: runOptions(this.#random, guarantee),
      limit: this.#options.processes ?? 3,
      session: pollTimeout,
      world: this.#world,
      surroundings: {
        scheduler: this.#scheduler,
        random: this.#random,
        faults: this.#faults,
        invariants: this.#invariants,
        log: this.#log,
      },
    });
    await this.#chaos(feed, processes);
    this.#faults.end();
    for (let clean = false; !clean; clean = processes.failures === 0) {
      processes.calm();
      await this.#until('all input is processed', processes, () => this.#drained());
      processes.closing();
      await this.#until('all processes are closed', processes, async () => !processes.anyAlive);
    }
    await this.#again(processes);
    await this.#until('no transaction is open', processes, () => allReadable(this.#log));
    await checkOutcome({
      seed: this.#seed,
      plan: this.#plan,
      log: this.#log,
      invariants: this.#invariants,
      disks: processes.disks,
      globals: feed.globals,
      options: this.#options,
    });
    await this.#log.close();
  }

  /** Input arrives, processes come and go, and things go wrong. */
  async #chaos(feed: InputFeed, processes: Processes): Promise<void> {
    let left = this.#random.between(6, 20);
    const act = (): void => {
      left--;
      if (this.#random.chance(0.6)) feed.some(this.#random);
      else if (this.#random.chance(0.1)) this.#log.clean().catch(() => {});
      else processes.disturb();
      if (left > 0) this.#soon(act);
    };
    processes.begin();
    this.#soon(act);
    await this.#until('the storm is over', processes, async () => left <= 0 && !processes.anyStalled);
    feed.rest();
  }

  #soon(act: () => void): void {
    this.#scheduler.after(this.#world, 'acts', this.#random.below(120), act);
  }

  /** A process that comes after a clean close finds nothing to do again; what it does by its clocks is new. */
  async #again(processes: Processes): Promise<void> {
    const before = new Map(this.#invariants.processed);
    const last = processes.last();
    const running = async (): Promise<boolean> => last.app?.state === 'running';
    await this.#until('a process runs after all were closed', processes, running);
    const until = this.#scheduler.now + 300;
    await this.#until('it has looked for work', processes, async () => this.#scheduler.now >= until);
    const again = [...before].filter(([record, times]) => this.#invariants.processed.get(record) !== times);
    if (again.length > 0) throw this.#failure(`${again.length} records were read again after a clean close`);
    processes.closing();
    await this.#until('it is closed', processes, async () => !processes.anyAlive);
  }

  async #until(what: string, processes: Processes, done: () => Promise<boolean>): Promise<void> {
    while (!(await done())) {
      if (++this.#steps > stepLimit) throw this.#failure(`after ${stepLimit} steps it is not so that ${what}`);
      const coming = this.#scheduler.next();
      if (coming === undefined) throw this.#failure(`nothing is left to do, and it is not so that ${what}`);
      const { actor, what: step } = coming;
      if (actor instanceof SimulatedProcess && this.#faults.draw('crash', telling.test(step) ? 0.012 : 0.0008)) {
        this.#trace.add(this.#scheduler.now, actor.name, 'crashes');
        processes.crash(actor);
      } else coming.run();
      await yieldToEventLoop();
      processes.tend();
      if (this.#invariants.violation !== undefined) throw this.#failure(this.#invariants.violation);
    }
  }

  /** True when every record of every source has been committed as read. Looked at now and then, for it is dear. */
  async #drained(): Promise<boolean> {
    if (this.#steps % 64 !== 0) return false;
    const positions = (await this.#sources()).map((one) => ({ ...one, offset: this.#invariants.offsetOf(one) }));
    return nothingBehind(this.#log, positions);
  }

  async #sources(): Promise<readonly TopicPartition[]> {
    const names = this.#plan.subtopologies.flatMap(({ sources }) =>
      sources.flatMap((source) => sourceTopics(this.#plan.name, source)),
    );
    return partitionsOf(await this.#log.admin(), names);
  }

  #taskOf({ topic, partition }: TopicPartition): string {
    const owner = this.#plan.subtopologies.find(({ sources }) =>
      sources.some((source) => sourceTopics(this.#plan.name, source).includes(topic)),
    );
    return owner === undefined ? '' : taskId(owner, partition);
  }

  #taskLogging({ topic, partition }: TopicPartition): string | undefined {
    const { name, subtopologies } = this.#plan;
    const owner = subtopologies.find(({ stores }) => stores.some((spec) => changelogTopic(name, spec) === topic));
    return owner && taskId(owner, partition);
  }

  #failure(what: string, cause?: unknown): SimulationFailure {
    return new SimulationFailure(this.#seed, this.#trace.hash, what, this.#trace.lines, cause);
  }
}

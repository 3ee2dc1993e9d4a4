import { changelogTopic, messageOf, type Plan, sourceTopics, type TopicPartition } from '@kstreams/core/graph';
import { type EmbeddedTransport, embedded } from '@kstreams/embedded';
import { taskId } from '@kstreams/runtime';
import { checkOutcome } from './checks/check-outcome.js';
import { InvariantChecker } from './checks/invariant-checker.js';
import { createTopics, type InputFeed } from './input-feed.js';
import { allReadable, isAtEnd, partitionsOf } from './log-contents.js';
import type { SeedReport, SimulationOptions } from './options.js';
import { Processes } from './process/processes.js';
import { runOptions } from './process/run-options.js';
import { SimulatedProcess } from './process/simulated-process.js';
import { allFaults, Faults } from './schedule/faults.js';
import { Random } from './schedule/random.js';
import { type Actor, Scheduler } from './schedule/scheduler.js';
import { Trace } from './schedule/trace.js';
import { yieldToEventLoop } from './schedule/yield-to-event-loop.js';
import { SimulationFailure } from './simulation-failure.js';
import { hasAsyncSteps, hasPendingSerdes, planOf, type SimulatedTopology } from './topology.js';

/** The number of steps after which a seed counts as hanging. */
const stepLimit = 200_000;
/** The time without a poll after which a member loses its partitions, in virtual ms. */
const pollTimeout = 1_500;
/** The start of virtual time, in ms. */
const start = 1_000_000_000_000;
/** The steps of a commit, where a crash is most likely to show a bug. */
const commitSteps = /flush|offsets|transaction|rows|deliver|seek|clear/;

/** One run of a topology in several processes on one log, with the faults that the seed draws. */
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
  readonly #world: Actor = { name: 'world', dead: false, stalledUntil: 0, wallOffset: 0 };
  readonly #log: EmbeddedTransport;
  #steps = 0;

  constructor(topology: SimulatedTopology, options: SimulationOptions, seed: number) {
    this.#topology = topology;
    this.#options = options;
    this.#seed = seed;
    this.#random = new Random(seed);
    this.#scheduler = new Scheduler(this.#random, this.#trace, start);
    this.#faults = new Faults(this.#random, options.faults ?? allFaults, this.#random.below(9));
    this.#plan = planOf(topology);
    this.#invariants = new InvariantChecker({
      taskOf: (partition) => this.#taskOf(partition),
      taskLogging: (partition) => this.#taskLogging(partition),
      commitsGaps:
        hasAsyncSteps(this.#plan) ||
        hasPendingSerdes(this.#plan) ||
        options.remoteState !== undefined ||
        options.isLoading !== undefined,
    });
    const clock = this.#scheduler.clockOf(this.#world);
    // The log belongs to no process: its steps take no turns in the schedule.
    const turn = (): Promise<void> => Promise.resolve();
    this.#log = embedded({ clock: { ...clock, turn }, pollTimeout, sessionTimeout: 500 });
  }

  /** Runs to the end. Throws a {@link SimulationFailure} when an invariant is broken. */
  async run(): Promise<SeedReport> {
    try {
      await this.#runPhases();
    } catch (thrown) {
      if (thrown instanceof SimulationFailure) throw thrown;
      throw this.#failure(messageOf(thrown), thrown);
    }
    return { seed: this.#seed, hash: this.#trace.hash, steps: this.#steps, faults: this.#faults.counts };
  }

  async #runPhases(): Promise<void> {
    const { guarantee = 'at-least-once', onError, remoteState } = this.#options;
    const feed = await createTopics(this.#plan, this.#log, this.#options, this.#random);
    const processes = new Processes({
      topology: this.#topology,
      around: this.#options.around ?? ((seams) => seams),
      settings: { ...runOptions(this.#random, guarantee), ...(onError && { onError }) },
      remoteState,
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
    await this.#runWithFaults(feed, processes);
    this.#faults.end();
    for (let clean = false; !clean; clean = processes.failures === 0) {
      processes.stabilize();
      await this.#until('all input is processed', processes, () => this.#isDrained());
      processes.closeAll();
      await this.#until('all processes are closed', processes, async () => !processes.anyAlive);
    }
    await this.#restart(processes);
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
    await this.#closeLog(processes);
  }

  /** Closes the log, which ends a cleaning that is under way first. */
  async #closeLog(processes: Processes): Promise<void> {
    let isClosed = false;
    const closed = this.#log.close().finally(() => {
      isClosed = true;
    });
    // It is thrown below.
    closed.catch(() => {});
    await yieldToEventLoop();
    await this.#until('the log is closed', processes, async () => isClosed);
    await closed;
  }

  /** Writes input and disturbs processes, while faults strike. */
  async #runWithFaults(feed: InputFeed, processes: Processes): Promise<void> {
    let left = this.#random.between(6, 20);
    const act = (): void => {
      left--;
      if (this.#random.chance(0.6)) feed.writeSome(this.#random);
      else if (this.#random.chance(0.1)) {
        // Cleaning is optional: a pass that fails leaves the log as it was.
        this.#log.clean().catch(() => {});
      } else processes.disturb();
      if (left > 0) this.#actSoon(act);
    };
    processes.start();
    this.#actSoon(act);
    await this.#until('all disturbances are over', processes, async () => left <= 0 && !processes.anyStalled);
    feed.writeRest();
  }

  #actSoon(act: () => void): void {
    this.#scheduler.after(this.#world, 'act', this.#random.below(120), act);
  }

  /** Starts a process after a clean close and checks that it reads no record again. Its clocks may add new work. */
  async #restart(processes: Processes): Promise<void> {
    const before = new Map(this.#invariants.processed);
    const last = processes.startOne();
    const isRunning = async (): Promise<boolean> => last.app?.state === 'running';
    await this.#until('a process runs after the close', processes, isRunning);
    const until = this.#scheduler.now + 300;
    await this.#until('the process has polled', processes, async () => this.#scheduler.now >= until);
    const again = [...before].filter(([record, times]) => this.#invariants.processed.get(record) !== times);
    if (again.length > 0) throw this.#failure(`${again.length} records were read again after a clean close`);
    processes.closeAll();
    await this.#until('the process is closed', processes, async () => !processes.anyAlive);
  }

  async #until(what: string, processes: Processes, done: () => Promise<boolean>): Promise<void> {
    while (!(await done())) {
      if (++this.#steps > stepLimit) throw this.#failure(`gave up waiting until ${what}, after ${stepLimit} steps`);
      const event = this.#scheduler.next();
      if (event === undefined) throw this.#failure(`gave up waiting until ${what}: no step is left to run`);
      const { actor, what: step } = event;
      if (actor instanceof SimulatedProcess && this.#faults.draw('crash', commitSteps.test(step) ? 0.012 : 0.0008)) {
        this.#trace.add(this.#scheduler.now, actor.name, 'crash');
        processes.crash(actor);
      } else event.run();
      await yieldToEventLoop();
      processes.supervise();
      if (this.#invariants.violation !== undefined) throw this.#failure(this.#invariants.violation);
    }
  }

  /** True when every record of every source is committed. Checks every 64 steps only, because it reads the log. */
  async #isDrained(): Promise<boolean> {
    if (this.#steps % 64 !== 0) return false;
    const positions = (await this.#sources()).map((one) => ({
      ...one,
      offset: this.#invariants.committedOffset(one),
    }));
    return isAtEnd(this.#log, positions);
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

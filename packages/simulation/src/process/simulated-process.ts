import type { AsyncCall, Backend, Clock, NodeId, Transport } from '@kstreams/core/graph';
import { type App, type RunOptions, run } from '@kstreams/runtime';
import type { InvariantChecker } from '../checks/invariant-checker.js';
import { instrument } from '../history/instrument.js';
import type { FaultKind, Faults } from '../schedule/faults.js';
import type { Random } from '../schedule/random.js';
import type { Actor, Scheduler } from '../schedule/scheduler.js';
import { type SimulatedTopology, topologyWith } from '../topology.js';
import type { Disk } from './disk.js';
import { SimulatedConsumer } from './simulated-consumer.js';
import { SimulatedProducer } from './simulated-producer.js';

/** What the processes of one simulation share. */
export interface Surroundings {
  readonly scheduler: Scheduler;
  readonly random: Random;
  readonly faults: Faults;
  readonly invariants: InvariantChecker;
  /** The log itself, without faults. */
  readonly log: Transport;
}

/** What a process runs on: the seams between an application and everything around it. */
export interface Seams {
  readonly transport: Transport;
  readonly state: Backend;
  readonly clock: Clock;
}

/** How an application of a simulated process runs. */
export type SimulatedRun = Omit<RunOptions, keyof Seams | 'stateFolder' | 'closesTransport'>;

/** How a call can go wrong. */
interface CallFault {
  readonly kind: FaultKind;
  readonly error: () => Error;
  /** True when a call that fails has done nothing; else it may have done its work. */
  readonly before?: boolean;
}

/** How often a call that can go wrong does. */
const callOdds = 0.03;

/** One of several processes that share a log, from its start to its end or death. */
export class SimulatedProcess implements Actor {
  readonly name: string;
  readonly disk: Disk;
  readonly surroundings: Surroundings;
  dead = false;
  stalledUntil = 0;
  /** True once something went wrong that may end it or cost it its place. */
  hurt = false;
  /** Where it is in its life. */
  phase: 'starting' | 'running' | 'closing' | 'closed' | 'failed' = 'starting';
  /** What ended it, where it failed. */
  failure: unknown;
  app: App | undefined;
  /** The calls of each async stage that are in flight. */
  readonly calls = new Map<NodeId, Set<AsyncCall>>();
  readonly #consumers: SimulatedConsumer[] = [];

  constructor(name: string, disk: Disk, surroundings: Surroundings) {
    this.name = name;
    this.disk = disk;
    this.surroundings = surroundings;
  }

  /** True until it is closed, failed or dead. */
  get alive(): boolean {
    return !this.dead && this.phase !== 'closed' && this.phase !== 'failed';
  }

  /** Starts the application; its promises are those of this process. */
  start(topology: SimulatedTopology, options: SimulatedRun, around: (seams: Seams) => Seams): void {
    const { random, scheduler } = this.surroundings;
    const mine = topologyWith(topology, () => this.turn('pause', random.below(10)));
    const clock = scheduler.clockOf(this);
    const state: Backend = { name: 'simulated disk', open: async () => this.disk.open(this) };
    const seams = around({ transport: this.#transport(), state, clock });
    const ended = (phase: 'closed' | 'failed', failure?: unknown): void => {
      if (this.dead) return;
      this.phase = phase;
      this.failure = failure;
    };
    run(instrument(mine, this), { ...options, ...seams, stateFolder: '' }).then(
      (app) => {
        this.app = app;
        app.closed.then(
          () => ended('closed'),
          (thrown: unknown) => ended('failed', thrown),
        );
        if (this.phase === 'closing') app.close().catch(() => {});
        else this.phase = 'running';
      },
      (thrown: unknown) => ended('failed', thrown),
    );
  }

  /** Closes it in good order. */
  close(): void {
    if (this.phase === 'running') this.app?.close().catch(() => {});
    this.phase = 'closing';
  }

  /** Kills it: nothing of it acts afterwards, and the group learns of it when its session is over. */
  kill(log: Actor, session: number): void {
    const { scheduler, invariants } = this.surroundings;
    scheduler.kill(this);
    for (const one of this.#consumers) invariants.left(one);
    scheduler.after(log, `the session of ${this.name} is over`, session, () => {
      for (const { inner } of this.#consumers) inner.close().catch(() => {});
    });
  }

  /** Waits for its turn. */
  turn(what: string, ms = 0): Promise<void> {
    return this.surroundings.scheduler.turn(this, what, ms);
  }

  /** Asks something of the log or the disk: the question takes a while, so does the answer, and both may be lost. */
  async ask<R>(what: string, work: () => Promise<R>, fault?: CallFault): Promise<R> {
    const { faults, random } = this.surroundings;
    await this.turn(what);
    const fails = fault !== undefined && faults.draw(fault.kind, callOdds);
    if (fails) this.hurt = true;
    if (fails && (fault.before === true || random.chance(0.5))) throw fault.error();
    let thrown: unknown;
    let failed = false;
    let result: R | undefined;
    try {
      result = await work();
    } catch (caught) {
      thrown = caught;
      failed = true;
    }
    await this.turn(`${what}: answered`);
    if (failed) throw thrown;
    if (fails) throw fault.error();
    return result as R;
  }

  #transport(): Transport {
    const { log } = this.surroundings;
    return {
      name: 'simulated log',
      createsTopics: true,
      consumer: async (options) => {
        const inner = await this.ask('a consumer', () => log.consumer(options));
        const consumer = new SimulatedConsumer(inner, this, options);
        this.#consumers.push(consumer);
        return consumer;
      },
      producer: async (options) => {
        const inner = await this.ask('a producer', () => log.producer(options));
        return new SimulatedProducer(inner, this, options);
      },
      admin: async () => {
        const admin = await this.ask('an admin', () => log.admin());
        return {
          topics: (names) => this.ask('topics', () => admin.topics(names)),
          create: (topics) => this.ask('create topics', () => admin.create(topics)),
          delete: (names) => this.ask('delete topics', () => admin.delete(names)),
          purge: (before) => this.ask('purge', () => admin.purge(before)),
          close: async () => {},
        };
      },
      close: async () => {},
    };
  }
}

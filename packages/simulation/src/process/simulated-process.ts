import type { AsyncCall, Backend, Clock, NodeId, Transport } from '@kstreams/core/graph';
import { type App, type RunOptions, run } from '@kstreams/runtime';
import { instrument } from '../history/instrument.js';
import type { Actor } from '../schedule/scheduler.js';
import { type SimulatedTopology, topologyWith } from '../topology.js';
import type { Disk } from './disk.js';
import { ProcessActor, type Surroundings } from './process-actor.js';
import { SimulatedConsumer } from './simulated-consumer.js';
import { SimulatedProducer } from './simulated-producer.js';

/** The interfaces between an application and everything around it. */
export interface Seams {
  readonly transport: Transport;
  readonly state: Backend;
  readonly clock: Clock;
}

/** The options with which the application of a simulated process runs. */
export type SimulatedRun = Omit<RunOptions, keyof Seams | 'stateFolder' | 'closesTransport'>;

/** A process that runs the application on the shared log, from its start to its end. */
export class SimulatedProcess extends ProcessActor {
  readonly disk: Disk;
  /** The error that ended it, if it failed. */
  failure: unknown;
  app: App | undefined;
  /** The calls in flight of each async stage. */
  readonly calls = new Map<NodeId, Set<AsyncCall>>();
  readonly #consumers: SimulatedConsumer[] = [];

  constructor(name: string, disk: Disk, surroundings: Surroundings) {
    super(name, surroundings);
    this.disk = disk;
  }

  /** Starts the application. */
  start(topology: SimulatedTopology, options: SimulatedRun, around: (seams: Seams) => Seams): void {
    const { invariants, random, scheduler } = this.surroundings;
    const own = topologyWith(topology, () => this.turn('pause', random.below(10)));
    const clock = scheduler.clockOf(this);
    const state: Backend = { name: 'simulated disk', open: async () => this.disk.open(this) };
    const seams = around({ transport: this.#transport(), state, clock });
    const ended = (phase: 'closed' | 'failed', failure?: unknown): void => {
      if (this.dead) return;
      this.phase = phase;
      this.failure = failure;
    };
    const instrumented = instrument(own, { name: this.name, calls: this.calls, invariants });
    run(instrumented, { ...options, ...seams, stateFolder: '' }).then(
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

  /** Closes the application in order. */
  close(): void {
    if (this.phase === 'running') this.app?.close().catch(() => {});
    this.phase = 'closing';
  }

  /** Kills the process. The group notices after `session` virtual milliseconds. */
  kill(world: Actor, session: number): void {
    const { invariants, scheduler } = this.surroundings;
    scheduler.kill(this);
    for (const one of this.#consumers) invariants.left(one);
    scheduler.after(world, `session of ${this.name} expires`, session, () => {
      for (const { inner } of this.#consumers) inner.close().catch(() => {});
    });
  }

  #transport(): Transport {
    const { log } = this.surroundings;
    return {
      name: 'simulated log',
      createsTopics: true,
      consumer: async (options) => {
        const inner = await this.call('create a consumer', () => log.consumer(options));
        const consumer = new SimulatedConsumer(inner, this, options);
        this.#consumers.push(consumer);
        return consumer;
      },
      producer: async (options) => {
        const inner = await this.call('create a producer', () => log.producer(options));
        return new SimulatedProducer(inner, this, options);
      },
      admin: async () => {
        const admin = await this.call('create an admin', () => log.admin());
        return {
          topics: (names) => this.call('topics', () => admin.topics(names)),
          create: (topics) => this.call('create topics', () => admin.create(topics)),
          delete: (names) => this.call('delete topics', () => admin.delete(names)),
          purge: (before) => this.call('purge', () => admin.purge(before)),
          close: async () => {},
        };
      },
      close: async () => {},
    };
  }
}

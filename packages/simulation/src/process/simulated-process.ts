import {
  type AsyncCall,
  type Backend,
  type Clock,
  type NodeId,
  StateError,
  type Transport,
} from '@kstreams/core/graph';
import { type App, type RunOptions, run } from '@kstreams/runtime';
import { instrument } from '../history/instrument.js';
import type { Actor } from '../schedule/scheduler.js';
import { type SimulatedTopology, topologyWith } from '../topology.js';
import type { Disk, RemoteState } from './disk.js';
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
export type SimulatedRun = Omit<RunOptions, keyof Seams | 'stateFolder' | 'closesTransport' | 'observer'>;

/** Starts the application of a process. */
export interface ProcessStart {
  readonly topology: SimulatedTopology;
  readonly options: SimulatedRun;
  /** Set when the disk is across a network. */
  readonly remoteState: RemoteState | undefined;
  readonly around: (seams: Seams) => Seams;
}

/** The longest load of a value that a serde needs, in virtual ms. */
const longestLoad = 40;
/** The probability that such a load fails. */
const loadOdds = 0.1;

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
  start({ around, options, remoteState, topology }: ProcessStart): void {
    const { invariants, random, scheduler } = this.surroundings;
    const own = topologyWith(
      topology,
      () => this.turn('pause', random.below(10)),
      () => this.#load(),
    );
    const clock = scheduler.clockOf(this);
    const { disk } = this;
    const open = async () => (remoteState === undefined ? disk.open(this) : disk.openRemote(this, remoteState));
    const state: Backend = { name: 'simulated disk', open };
    const seams = around({ transport: this.#transport(), state, clock });
    const ended = (phase: 'closed' | 'failed', failure?: unknown): void => {
      if (this.dead) return;
      this.phase = phase;
      this.failure = failure;
    };
    const instrumented = instrument(own, {
      name: this.name,
      calls: this.calls,
      invariants,
    });
    run(instrumented, { ...options, ...seams, stateFolder: 'state', observer: invariants.history }).then(
      (app) => {
        this.app = app;
        app.closed.then(
          () => ended('closed'),
          (thrown: unknown) => ended('failed', thrown),
        );
        if (this.phase === 'closing') this.#closeApp();
        else this.phase = 'running';
      },
      (thrown: unknown) => ended('failed', thrown),
    );
  }

  /** Closes the application in order. */
  close(): void {
    if (this.phase === 'running') this.#closeApp();
    this.phase = 'closing';
  }

  #closeApp(): void {
    // `closed` reports a failure of the close, too.
    this.app?.close().catch(() => {});
  }

  /** Kills the process. The group notices after `session` virtual milliseconds. */
  kill(world: Actor, session: number): void {
    const { invariants, scheduler } = this.surroundings;
    scheduler.kill(this);
    for (const one of this.#consumers) invariants.left(one);
    scheduler.after(world, `session of ${this.name} expires`, session, () => {
      for (const { inner } of this.#consumers) {
        // The process is dead: only its membership of the group has to end.
        inner.close().catch(() => {});
      }
    });
  }

  /** Loads what a serde needs. A failure before the application runs may end it; later ones go to its error policy. */
  async #load(): Promise<void> {
    const { faults, random } = this.surroundings;
    await this.turn('load', random.below(longestLoad));
    if (!faults.draw('load', loadOdds)) return;
    if (this.app === undefined) this.faulted = true;
    throw new StateError('the simulated registry failed');
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
          identify: (names) => this.call('identify topics', () => admin.identify(names)),
          grow: (topic, partitions) => this.call('grow a topic', () => admin.grow(topic, partitions)),
          members: (group) => this.call('members', () => admin.members(group)),
          deleteGroup: (group) => this.call('delete a group', () => admin.deleteGroup(group)),
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

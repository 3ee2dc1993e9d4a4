import {
  type AnyStoreSpec,
  type Cancel,
  type Clock,
  checkFunctions,
  checkOptions,
  type Description,
  describeTopology,
  type Topology,
} from '@kstreams/core/graph';
import type { ReadableStore } from '../query/find-store.js';
import { LocalStore, type ViewedState } from '../query/local-store.js';
import { type View, type ViewOptions, viewChecks, viewOf } from '../query/view.js';
import type { EdgeWatcher } from '../task/watched-edges.js';
import type { Metrics } from '../telemetry/metrics.js';
import type { App, StartedApplication, StoreMetadata } from './app.js';
import { Extensions } from './extensions.js';
import { type Health, healthOf } from './health.js';
import type { Lifecycle } from './lifecycle.js';
import { type Metadata, metadataOf } from './metadata.js';
import type { OpenApplication } from './open-application.js';
import type { RunOptions } from './options.js';
import type { Parts } from './parts.js';
import { reportUnhandled } from './report-unhandled.js';
import type { Settings } from './settings.js';

/** Inputs of a running application. */
export interface ApplicationOptions {
  readonly topology: Topology;
  readonly options: RunOptions;
  readonly settings: Settings;
  readonly lifecycle: Lifecycle;
  readonly metrics: Metrics;
  readonly opened: OpenApplication;
  readonly parts: Parts;
}

/** An application whose parts run from its construction until it is closed or fails. */
export class Application implements App {
  readonly name: string;
  readonly metadata: Metadata;
  readonly counts: App['counts'];
  readonly telemetry: App['telemetry'];
  readonly options: App['options'];
  readonly deadLetters: App['deadLetters'];
  readonly state$: App['state$'];
  readonly events$: App['events$'];
  readonly #metrics: Metrics;
  readonly #topology: Topology;
  readonly #settings: Settings;
  readonly #clock: Clock;
  readonly #lifecycle: Lifecycle;
  readonly #opened: OpenApplication;
  readonly #parts: Parts;
  readonly #extensions: Extensions;
  readonly #closed: ReturnType<typeof reportUnhandled>;

  constructor({ lifecycle, metrics, opened, options, parts, settings, topology }: ApplicationOptions) {
    this.name = topology.name;
    this.metadata = metadataOf(opened.subscriptions, opened.instances);
    this.counts = metrics.counts;
    this.telemetry = metrics.telemetry;
    this.options = options;
    this.deadLetters = opened.deadLetters;
    this.#metrics = metrics;
    this.state$ = lifecycle.state$;
    this.events$ = lifecycle.events$;
    this.#topology = topology;
    this.#settings = settings;
    this.#clock = options.clock;
    this.#lifecycle = lifecycle;
    this.#opened = opened;
    this.#parts = parts;
    this.#extensions = new Extensions(options.extensions ?? [], (event) => lifecycle.emit(event));
    parts.onRelease(() => this.#extensions.close());
    this.#closed = reportUnhandled(this.#run(), topology.name, options.logger);
  }

  get state(): App['state'] {
    return this.#lifecycle.state;
  }

  get drops(): App['drops'] {
    return new Map(this.#metrics.drops.map(({ count, node, reason }) => [`${node} ${reason}`, count]));
  }

  get closed(): Promise<void> {
    return this.#closed.awaited();
  }

  /** Starts the extensions; a failure closes the application and is thrown. */
  async startExtensions(): Promise<void> {
    try {
      await this.#extensions.start(this satisfies StartedApplication);
    } catch (thrown) {
      this.#parts.fail(thrown);
      await this.closed;
      throw thrown;
    }
  }

  running(): Promise<void> {
    return this.#lifecycle.running();
  }

  describe(): Description {
    return describeTopology(this.#topology);
  }

  stores(): readonly StoreMetadata[] {
    const { subscriptions, workers } = this.#opened;
    const { stores } = workers;
    return subscriptions.stores.map((spec) => ({
      name: spec.name,
      partitions: subscriptions.partitionsOf(spec),
      local: stores.filter((store) => store.spec === spec).map(({ partition }) => partition),
    }));
  }

  view<K, V>(wanted: ReadableStore<K, V> | string, options: ViewOptions = {}): View<K, V> {
    checkOptions('view', options, viewChecks);
    return viewOf<K, V>(wanted, this.#viewed, options.isolation ?? this.#settings.isolation);
  }

  localStore<K, V>(wanted: ReadableStore<K, V> | string): LocalStore<K, V> {
    return new LocalStore(wanted, this.#viewed, this.#settings.isolation);
  }

  watchEdges(watcher: EdgeWatcher): Cancel {
    checkFunctions('watchEdges', { watcher });
    return this.#opened.workers.edges.watch(watcher);
  }

  pause(topic?: string): void {
    this.#opened.workers.pause(topic);
  }

  resume(topic?: string): void {
    this.#opened.workers.resume(topic);
  }

  health(): Health {
    return healthOf(this.state, this.#opened.workers.workers, this.#clock);
  }

  close(): Promise<void> {
    this.#lifecycle.closing();
    this.#parts.stop();
    return this.closed;
  }

  get #viewed(): ViewedState {
    const { bytes, subscriptions, workers } = this.#opened;
    return {
      bytes,
      changes: workers.changes,
      specs: subscriptions.stores,
      stores: () => workers.stores,
      position: (store, topic, isolation) => workers.position(store, topic, isolation),
      copy: ({ name }, partition) => workers.copies.get(name, partition),
      partitions: (spec: AnyStoreSpec) => subscriptions.partitionsOf(spec),
    };
  }

  async #run(): Promise<void> {
    try {
      await this.#parts.run();
    } catch (error) {
      this.#lifecycle.end({ error });
      throw error;
    }
    this.#lifecycle.end(undefined);
  }
}

import type { Cancel, Description, Telemetry } from '@kstreams/core/graph';
import type { Observable } from 'rxjs';
import type { ReadableStore } from '../query/find-store.js';
import type { LocalStore } from '../query/local-store.js';
import type { View, ViewOptions } from '../query/view.js';
import type { EdgeWatcher } from '../task/watched-edges.js';
import type { AppCounts } from '../telemetry/metrics.js';
import type { AppEvent, AppState } from './events.js';
import type { Health } from './health.js';
import type { Metadata } from './metadata.js';
import type { RunOptions } from './options.js';

/** A store of the application and the part of it that this process holds. */
export interface StoreMetadata {
  readonly name: string;
  /** The number of its partitions. */
  readonly partitions: number;
  /** The partitions whose tasks run in this process now. */
  readonly local: readonly number[];
}

/** A started application as its extensions see it. */
export interface StartedApplication {
  readonly name: string;
  /** The current state. */
  readonly state: AppState;
  /** The state now and as it changes. */
  readonly state$: Observable<AppState>;
  /** Rebalances, restores, commits and failures. A late subscriber receives the last 100 events first. */
  readonly events$: Observable<AppEvent>;
  readonly counts: AppCounts;
  /** The number of dropped records by `<node> <reason>`, as of the access. */
  readonly drops: ReadonlyMap<string, number>;
  /** Returns a description of the topology as text, as a diagram or as data. */
  describe(): Description;
  /** Returns the stores that the tasks keep. */
  stores(): readonly StoreMetadata[];
  /** Returns a view of the rows of a table, or of a store by its spec, in this process. */
  view<K, V>(of: ReadableStore<K, V>, options?: ViewOptions): View<K, V>;
  /** Returns a view of a store by its name. The types are not checked at run time. */
  view<K = unknown, V = unknown>(store: string, options?: ViewOptions): View<K, V>;
  /** Returns the partitions of a store in this process, for extensions that serve queries. */
  localStore<K, V>(of: ReadableStore<K, V> | string): LocalStore<K, V>;
  /**
   * Calls a watcher with every record that a node of this process forwards, until it is removed. Records cost nothing more
   * before and after. The watcher is called synchronously and must not change a record; an error that it throws fails the node.
   */
  watchEdges(watcher: EdgeWatcher): Cancel;
  /** Stops processing a topic, or all topics and schedules, until `resume`. Membership and commits go on. */
  pause(topic?: string): void;
  /** Resumes a topic; all topics and schedules without one. */
  resume(topic?: string): void;
  /** Returns liveness, readiness and the lag of the tasks at once, from what is known. */
  health(): Health;
  /** The tasks, store partitions and keys of each process. */
  readonly metadata: Metadata;
  /** Receives metrics of extensions; `undefined` unless the application was started with telemetry or with an extension that has one. */
  readonly telemetry: Telemetry | undefined;
  /** The options that it was started with, with their defaults. May hold secrets. */
  readonly options: RunOptions;
  /** The declared dead-letter topics, those of async steps included. */
  readonly deadLetters: readonly string[];
}

/** A running application. */
export interface App extends StartedApplication {
  /**
   * Settles once: resolves when closed, rejects with the error that ended the application. If the promise is never
   * accessed, the error is logged and sets the exit code of the process.
   */
  readonly closed: Promise<void>;
  /** Resolves when every worker has its tasks running; rejects when the application ends before. */
  running(): Promise<void>;
  /** Commits processed records, stops the workers and releases all resources. Further calls return the same promise. */
  close(): Promise<void>;
}

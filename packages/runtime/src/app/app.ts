import type { TableHandle } from '@kstreams/core/graph';
import type { Observable } from 'rxjs';
import type { AppEvent, AppState } from './events.js';
import type { Health } from './health.js';
import type { Metadata } from './metadata.js';
import type { View, ViewOptions } from './view.js';

/** What an application did so far. */
export interface AppCounts {
  readonly processed: number;
  readonly restored: number;
  readonly commits: number;
}

/** A running application. */
export interface App {
  readonly name: string;
  /** Its state now, and as it changes. */
  readonly state: AppState;
  readonly state$: Observable<AppState>;
  /** What happens to it: rebalances, restores, commits. The last 100 events are told to who subscribes late. */
  readonly events$: Observable<AppEvent>;
  /**
   * Settles once: resolves when closed, rejects with what failed. A failure of which nobody asked is logged and sets the
   * exit code of the process.
   */
  readonly closed: Promise<void>;
  readonly counts: AppCounts;
  /** Resolves when every worker has its tasks running; rejects when the application ends before. */
  running(): Promise<void>;
  /** How often records were dropped, by node and reason. */
  readonly drops: ReadonlyMap<string, number>;
  /** Reads a table's rows in this process. */
  view<K, V>(table: TableHandle<K, V>, options?: ViewOptions): View<K, V>;
  /** Reads the rows of a store by its name; its types are the caller's word. */
  view<K = unknown, V = unknown>(store: string, options?: ViewOptions): View<K, V>;
  /** Processes no more records of a topic, or none at all and no schedules, until `resume`; membership and commits go on. */
  pause(topic?: string): void;
  /** Goes on with a topic, or with everything. */
  resume(topic?: string): void;
  /** How it is, and how far its tasks are behind. */
  health(): Promise<Health>;
  /** Which process holds which task, store partition and key. */
  readonly metadata: Metadata;
  /** Commits what is done and lets go of everything. Calling it again waits for the same. */
  close(): Promise<void>;
}

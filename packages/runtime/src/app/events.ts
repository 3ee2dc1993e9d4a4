import type { TopicChange } from '../worker/topics/judge-topic-change.js';
import type { WorkerEvent } from '../worker/worker-event.js';

/** The state of an application in its lifecycle. */
export type AppState = 'created' | 'rebalancing' | 'running' | 'closing' | 'closed' | 'failed';

/** An event of `app.events$`. */
export type AppEvent =
  /** The application entered a state. */
  | { readonly kind: 'state'; readonly state: AppState }
  /** New topics match a pattern; the application reads them from now on. */
  | { readonly kind: 'topics-joined'; readonly topics: readonly string[] }
  /** Processed records of repartition topics cannot be deleted, so these topics grow; reported once until it succeeds. */
  | { readonly kind: 'purge-failed'; readonly topics: readonly string[]; readonly error: Error }
  /** Topics of the application changed in a way that it continues with. */
  | { readonly kind: 'topics-changed'; readonly changes: readonly TopicChange[] }
  /** An extension failed to close. */
  | { readonly kind: 'extension-failed'; readonly extension: string; readonly error: Error }
  /** An error ended the application. */
  | { readonly kind: 'failed'; readonly error: unknown }
  | WorkerEvent;

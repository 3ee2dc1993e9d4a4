import type { TopicPartition } from '@kstreams/core/graph';

/** In which part of its life an application is. */
export type AppState = 'created' | 'rebalancing' | 'running' | 'closing' | 'closed' | 'failed';

/** What happens to an application, as `app.events$` tells it. */
export type AppEvent =
  /** It went on to the next part of its life. */
  | { readonly kind: 'state'; readonly state: AppState }
  /** Partitions came to a worker, were taken away in an orderly way, or were gone before it could commit. */
  | {
      readonly kind: 'assigned' | 'revoked' | 'lost';
      readonly worker: number;
      readonly partitions: readonly TopicPartition[];
    }
  /** Topics have begun to match a pattern and are read from now on. */
  | { readonly kind: 'topics-joined'; readonly topics: readonly string[] }
  /** A worker lost its place in the group and joins again. */
  | { readonly kind: 'fenced'; readonly worker: number; readonly error: Error }
  /** A worker failed; another takes its place. */
  | { readonly kind: 'replaced'; readonly worker: number; readonly error: Error }
  /** A commit failed; the worker dropped what it would have kept, and goes on from the commit before. */
  | { readonly kind: 'rolled-back'; readonly worker: number; readonly error: Error }
  /** A store is behind its changelog and reads it, from this offset to that. */
  | {
      readonly kind: 'restore-started';
      readonly task: string;
      readonly store: string;
      readonly partition: number;
      readonly from: number;
      readonly to: number;
    }
  /** It has read so many records, up to this offset. */
  | {
      readonly kind: 'restore-progress';
      readonly task: string;
      readonly store: string;
      readonly partition: number;
      readonly restored: number;
      readonly at: number;
      readonly to: number;
    }
  /** It is done, or was cut short because its task moved on. */
  | {
      readonly kind: 'restore-ended';
      readonly task: string;
      readonly store: string;
      readonly partition: number;
      readonly restored: number;
      readonly complete: boolean;
    }
  /** A worker committed what these tasks had done. */
  | { readonly kind: 'committed'; readonly worker: number; readonly tasks: readonly string[] }
  /** Something failed that ends the application. */
  | { readonly kind: 'failed'; readonly error: unknown };

/** Tells of an event. */
export type EmitEvent = (event: AppEvent) => void;

import type { DropCause } from '../task/stores/stored-position.js';

/** The store of a restore. */
interface RestoredStore {
  /** The id of the task that owns the store. */
  readonly task: string;
  readonly store: string;
  readonly partition: number;
}

/** Start, progress and end of the restore of one store. */
export type RestoreEvent =
  /**
   * The local rows of a store were dropped, and the store is restored from the start. Their position `at` is beyond `to`, the
   * end of the changelog; or it belongs to another topic of the same name; or they are behind for longer than the changelog
   * keeps deletes, which a restore from `at` could miss.
   */
  | ({
      readonly kind: 'state-dropped';
      readonly cause: DropCause;
      readonly at: number;
      readonly to: number;
    } & RestoredStore)
  /**
   * A store has rows, and no offset of its sources was committed with them: another topology wrote them, or the offsets of the
   * group are gone. What the sources have from their start is added to the rows.
   */
  | ({ readonly kind: 'state-without-offsets' } & RestoredStore)
  /** A store is behind its changelog; the restore reads the offsets from `from` up to `to`. */
  | ({ readonly kind: 'restore-started'; readonly from: number; readonly to: number } & RestoredStore)
  /** `restored` records are applied; the next offset is `at`. */
  | ({
      readonly kind: 'restore-progress';
      readonly restored: number;
      readonly at: number;
      readonly to: number;
    } & RestoredStore)
  /** The restore ended; `complete` is false when it was cancelled because its task moved. */
  | ({ readonly kind: 'restore-ended'; readonly restored: number; readonly complete: boolean } & RestoredStore);

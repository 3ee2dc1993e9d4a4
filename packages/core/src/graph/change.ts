import type { Row } from './store.js';

/**
 * An update of a table's row: its value after the update, and its value before, if a downstream step needs it.
 * `undefined` means no row.
 */
export interface Change<out V> {
  readonly before: V | undefined;
  readonly after: V | undefined;
  /** True when `before` was read; otherwise an undefined `before` has no meaning. */
  readonly known: boolean;
  /** False for an update of a versioned table that is older than the row's newest version. */
  readonly latest: boolean;
}

/** Creates a change. All changes are created here, so that they share a hidden class. */
export const change = <V>(before: V | undefined, after: V | undefined, known = true, latest = true): Change<V> => ({
  before,
  after,
  known,
  latest,
});

/** Returns the row from before a change. Its timestamp is not known, so it is -1, the smallest. */
export const rowBefore = <V>({ before }: Change<V>): Row<V> | undefined =>
  before === undefined ? undefined : { value: before, timestamp: -1 };

/**
 * What tables speak in: a row's value after an update, and before it where somebody downstream asked for that.
 * `undefined` means that there is no such row.
 */
export interface Change<out V> {
  readonly before: V | undefined;
  readonly after: V | undefined;
  /** Whether `before` was looked up; where it was not, its being undefined says nothing. */
  readonly known: boolean;
  /** False for an update of a versioned table that is older than the row's newest version. */
  readonly latest: boolean;
}

/** Makes a change; the one place that does, so that all changes share a hidden class. */
export const change = <V>(before: V | undefined, after: V | undefined, known = true, latest = true): Change<V> => ({
  before,
  after,
  known,
  latest,
});

import { StateError } from '@kstreams/core/graph';
import type { level as onDisk } from './level.js';

/** Throws a `StateError`: state needs synchronous reads, and IndexedDB has none. */
export const level: typeof onDisk = () => {
  throw new StateError(
    'Level cannot keep state in a page, since IndexedDB has no synchronous reads: give `state: memory()`',
  );
};

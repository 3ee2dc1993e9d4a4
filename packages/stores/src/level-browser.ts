/** What stands in for `@kstreams/stores/level` where there are no folders. */
import { StateError } from '@kstreams/core/graph';
import type { level as nodeLevel } from './level.js';

/** Throws: a browser has no folders to keep state in. */
export const level: typeof nodeLevel = () => {
  throw new StateError(
    'state in a folder needs Node: give `state: memory()`, from @kstreams/stores, to run in a browser',
  );
};

/** Replaces Level in a page, so that bundles of `kstreams` contain no database. */
import { StateError, TransportError } from '@kstreams/core/graph';
import type { level as nodeLevel, levelLog as nodeLevelLog } from '@kstreams/level';

/** Throws a `StateError`: Level keeps no state in a page. */
export const level: typeof nodeLevel = () => {
  throw new StateError('Level keeps no state in a page: give `state: memory()`');
};

/** Throws a `TransportError`: a page has no folders. */
export const levelLog: typeof nodeLevelLog = (folder) => {
  throw new TransportError(
    `the embedded log in ${folder} cannot be opened, since a page has no folders: give \`embedded()\` for a log in memory, ` +
      'or `embedded({ storage: levelLog(name) })` with `levelLog` of @kstreams/level for one in IndexedDB',
  );
};

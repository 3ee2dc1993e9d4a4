import type { Backend } from '@kstreams/core';
import { memoryStore } from '@kstreams/stores';
import { override } from './override.js';

/** Returns state in memory that outlives its application, as on a disk. */
export const keptState = (): Backend => {
  const bytes = memoryStore();
  return { name: 'kept', open: async () => override(bytes, { close: async () => {} }) };
};

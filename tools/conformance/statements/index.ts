import type { Builders } from './building.js';
import { groupStatements } from './groups.js';
import { joinStatements } from './joins.js';
import { sinkStatements } from './sinks.js';
import { streamStatements } from './streams.js';
import { tableStatements } from './tables.js';
import { windowStatements } from './windows.js';

/** Every supported op of the vectors. */
export const builders: Builders = {
  ...streamStatements,
  ...tableStatements,
  ...groupStatements,
  ...windowStatements,
  ...joinStatements,
  ...sinkStatements,
};

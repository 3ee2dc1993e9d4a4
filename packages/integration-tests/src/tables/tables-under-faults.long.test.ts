/** Tables at rest through faults and restarts, for 300 larger graphs. */
import { test } from '@jest/globals';
import { tableEvents, tableGraphs } from '@kstreams/test-support/table-graphs';
import fc from 'fast-check';
import { expectAtRestAfterFaults } from './at-rest-after-faults.js';

test('every table of 300 random graphs equals its batch computation, through crashes and restarts', async () => {
  const law = fc.asyncProperty(tableGraphs(8), tableEvents(40), fc.nat(), expectAtRestAfterFaults);
  await fc.assert(law, { numRuns: 300 });
});

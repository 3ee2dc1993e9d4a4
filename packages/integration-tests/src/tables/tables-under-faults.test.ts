/** Tables at rest in the whole runtime, through the faults and restarts of the simulation. */
import { test } from '@jest/globals';
import { tableEvents, tableGraphs } from '@kstreams/test-support/table-graphs';
import fc from 'fast-check';
import { expectAtRestAfterFaults } from './at-rest-after-faults.js';

test('every table of a random graph equals its batch computation, through crashes and restarts', async () => {
  const law = fc.asyncProperty(tableGraphs(5), tableEvents(25), fc.nat(), expectAtRestAfterFaults);
  await fc.assert(law, { numRuns: 8 });
});

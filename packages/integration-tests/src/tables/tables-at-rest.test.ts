/** Tables at rest: random graphs of tables equal a batch computation over the last value of each input key. */
import { test } from '@jest/globals';
import { tableEvents, tableGraphs } from '@kstreams/test-support/table-graphs';
import { expectTablesAtRest } from '@kstreams/test-support/table-law';
import fc from 'fast-check';

test('every table of a random graph equals its batch computation', async () => {
  const law = fc.asyncProperty(tableGraphs(6), tableEvents(20), expectTablesAtRest);
  await fc.assert(law, { numRuns: 150 });
});

/** The law of tables at rest, for thousands of larger graphs. */
import { test } from '@jest/globals';
import { tableEvents, tableGraphs } from '@kstreams/test-support/table-graphs';
import { expectTablesAtRest } from '@kstreams/test-support/table-law';
import fc from 'fast-check';

test('every table of thousands of random graphs equals its batch computation', async () => {
  const law = fc.asyncProperty(tableGraphs(9), tableEvents(30), expectTablesAtRest);
  await fc.assert(law, { numRuns: 4_000 });
});

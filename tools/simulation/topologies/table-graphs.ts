/** Random graphs of tables. */
import type { Random } from '@kstreams/simulation';
import { tableApp, tableEvents, tableGraphs, updatesOf } from '@kstreams/test-support/table-graphs';
import { checkTablesAtRest, simulatedInput, withoutWaits } from '@kstreams/test-support/tables-at-rest';
import fc from 'fast-check';
import type { Generated } from './generated.js';

const graphs = fc.noBias(fc.tuple(tableGraphs(8), tableEvents(60)));

/** Tables computed from tables, which equal a batch computation when the input rests. */
export const tableGraph = (random: Random): Generated => {
  const [drawn] = fc.sample(graphs, { seed: random.below(2 ** 31), numRuns: 1 });
  const [steps, events] = drawn as NonNullable<typeof drawn>;
  const graph = withoutWaits(steps);
  const updates = updatesOf(graph, events);
  return {
    name: `graph of ${graph.length} tables`,
    build: () => tableApp('graph', graph),
    input: simulatedInput(updates),
    law: (outcome, _, exactly) => {
      if (exactly) checkTablesAtRest(graph, updates, outcome);
    },
  };
};

/** The law of tables at rest through the faults and restarts of a simulation. */
import { simulate } from '@kstreams/simulation';
import { type TableEvent, type TableStep, tableApp, updatesOf } from '@kstreams/test-support/table-graphs';
import { checkTablesAtRest, simulatedInput, withoutWaits } from '@kstreams/test-support/tables-at-rest';

/** Expects that each written table of a graph equals its batch computation after the faults and restarts of a seed. */
export const expectAtRestAfterFaults = async (
  waiting: readonly TableStep[],
  events: readonly TableEvent[],
  seed: number,
): Promise<void> => {
  const graph = withoutWaits(waiting);
  const updates = updatesOf(graph, events);
  await simulate(tableApp('app', graph), {
    seeds: { from: seed, to: seed },
    partitions: 3,
    processes: 2,
    guarantee: 'exactly-once',
    input: simulatedInput(updates),
    check: (outcome) => checkTablesAtRest(graph, updates, outcome),
  });
};

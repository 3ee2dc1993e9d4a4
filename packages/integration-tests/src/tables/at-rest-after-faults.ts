/** Tables at rest in the whole runtime: several processes and partitions, with crashes, restarts and rebalances. */
import { expect } from '@jest/globals';
import { simulate } from '@kstreams/simulation';
import { batchTables } from '@kstreams/test-support/batch-tables';
import {
  inputTopics,
  isVersioned,
  isWritten,
  outputTopic,
  type TableEvent,
  type TableStep,
  tableApp,
  updatesOf,
} from '@kstreams/test-support/table-graphs';
import { lastRows, type WrittenRow } from '@kstreams/test-support/table-law';

/** Returns the graph without what is emitted only by a later record, or by wall time. */
const withoutWaits = (graph: readonly TableStep[]): readonly TableStep[] =>
  graph.map((step) => ({
    ...step,
    operator: step.operator === 'suppressed' ? 'table' : step.operator,
    emit: typeof step.emit === 'string' ? step.emit : 'on-commit',
  }));

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
    input: updates.map(({ key, timestamp, topic, value }) => [
      inputTopics[topic] as (typeof inputTopics)[number],
      key,
      value as number,
      timestamp,
    ]),
    check: (outcome) => {
      for (const [index, rows] of batchTables(graph, updates).entries()) {
        if (!isWritten(graph, index)) continue;
        const found = lastRows(outcome.read(outputTopic(index)) as readonly WrittenRow[], isVersioned(graph, index));
        expect([index, new Map([...found].sort())]).toEqual([index, new Map([...rows].sort())]);
      }
    },
  });
};

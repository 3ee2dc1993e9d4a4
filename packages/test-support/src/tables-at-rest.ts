/** Graphs of tables in a simulation, which equal their batch computation when the input rests. */
import type { Outcome, SimulatedInput } from '@kstreams/simulation';
import { batchTables, lastRows, type WrittenRow } from './batch-tables.js';
import { inputTopics, isVersioned, isWritten, outputTopic, type TableStep, type TableUpdate } from './table-graphs.js';

/** Returns a graph without tables that emit only at a later record or at a time, which a simulation does not wait for. */
export const withoutWaits = (graph: readonly TableStep[]): readonly TableStep[] =>
  graph.map((step) => ({
    ...step,
    operator: step.operator === 'suppressed' ? 'table' : step.operator,
    emit: typeof step.emit === 'string' ? step.emit : 'on-commit',
  }));

/** Returns updates as the input of a simulation. */
export const simulatedInput = (updates: readonly TableUpdate[]): readonly SimulatedInput[] =>
  updates.map(({ key, timestamp, topic, value }) => [
    inputTopics[topic] as (typeof inputTopics)[number],
    key,
    value,
    timestamp,
  ]);

/** Throws unless each written table of a graph equals its batch computation. */
export const checkTablesAtRest = (
  graph: readonly TableStep[],
  updates: readonly TableUpdate[],
  outcome: Outcome,
): void => {
  for (const [index, rows] of batchTables(graph, updates).entries()) {
    if (!isWritten(graph, index)) continue;
    const found = lastRows(outcome.read(outputTopic(index)) as readonly WrittenRow[], isVersioned(graph, index));
    const [have, want] = [found, rows].map((all) => JSON.stringify([...all].sort()));
    if (have !== want) throw new Error(`table ${index} is ${have}, expected ${want}`);
  }
};

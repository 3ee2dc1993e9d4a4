/** The law of tables at rest, in the test driver: random graphs of tables equal a batch computation. */
import { expect } from '@jest/globals';
import { testDriver } from '@kstreams/testing';
import { batchTables, lastRows } from './batch-tables.js';
import {
  inputTopics,
  isVersioned,
  isWritten,
  lastUpdates,
  outputTopic,
  type TableEvent,
  type TableStep,
  tableApp,
  updatesOf,
} from './table-graphs.js';

/** Expects that each written table of a graph, and each named one, equals its batch computation when the input rests. */
export const expectTablesAtRest = async (graph: readonly TableStep[], events: readonly TableEvent[]): Promise<void> => {
  const driver = testDriver(tableApp('app', graph));
  const updates = updatesOf(graph, events);
  for (const event of [...events, ...lastUpdates]) {
    if (event === 'commit') await driver.commit();
    else if (event === 'second') driver.advance('1s');
    else if (updates.includes(event)) {
      const { key, timestamp, topic, value } = event;
      driver.input(inputTopics[topic] as (typeof inputTopics)[number]).pipe(key, value as number, timestamp);
    }
  }
  // Each commit, and each interval, may emit what the next table holds back.
  for (let emissions = 0; emissions <= graph.length; emissions++) {
    driver.advance('1s');
    await driver.commit();
  }
  const expected = batchTables(graph, updates);
  for (const [index, rows] of expected.entries()) {
    if (!isWritten(graph, index)) continue;
    const found = lastRows(driver.output(outputTopic(index)).read(), isVersioned(graph, index));
    expect([index, sorted(found)]).toEqual([index, sorted(rows)]);
  }
};

const sorted = (rows: ReadonlyMap<string, number>) => [...rows].sort(([one], [other]) => (one < other ? -1 : 1));

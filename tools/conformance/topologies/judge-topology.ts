import { isDeepStrictEqual } from 'node:util';
import { buildCase } from '../build-case.js';
import { checkTopologyFields } from '../check-fields.js';
import { equal, type Outcome } from '../outcome.js';
import { Unsupported } from '../unsupported.js';
import { canonical } from './canonical.js';
import { describedStructure } from './described-structure.js';
import { expectedStructure, type TopologyCase } from './topology-case.js';

/**
 * Compares what we make of a topology with what Kafka Streams makes of it under `topologyOptimization: all`, which is how
 * we always build: a case without optimisation is judged by its twin with it, where there is one.
 */
export const judgeTopology = (one: TopologyCase, twins: readonly TopologyCase[]): Outcome => {
  try {
    checkTopologyFields(one);
    const twin = twins.find(
      ({ config, topology }) =>
        config.topologyOptimization === 'all' && JSON.stringify(topology) === JSON.stringify(one.topology),
    );
    const expected = expectedStructure(twin ?? one);
    const found = describedStructure(buildCase(twin ?? one).app.describe());
    const [wanted, given] = [canonical(expected), canonical(found)];
    const uneven = wanted.groups.filter((group) => !given.groups.some((other) => holds(other, group)));
    if (isDeepStrictEqual(wanted.lines, given.lines) && uneven.length === 0) return equal;
    const why = [
      ...missing('expected', wanted.lines, given.lines),
      ...missing('found   ', given.lines, wanted.lines),
      ...uneven.map((group) => `  expected divided equally: ${group.join(', ')}`),
      ...given.groups.map((group) => `  found    divided equally: ${group.join(', ')}`),
    ];
    return { result: 'differ', why: why.join('\n') };
  } catch (thrown) {
    if (thrown instanceof Unsupported) return { result: 'unsupported', why: thrown.message };
    return { result: 'differ', why: `threw ${(thrown as Error).stack}` };
  }
};

/**
 * Whether one group has all topics of another. Ours may have more, where Kafka Streams forgets which topics meet: behind a
 * repartition that was moved.
 */
const holds = (group: readonly string[], other: readonly string[]): boolean =>
  other.every((topic) => group.includes(topic));

/** Lines of one side that the other does not have. */
const missing = (what: string, from: readonly string[], others: readonly string[]): string[] =>
  from.filter((line) => !others.includes(line)).map((line) => `  ${what} ${line}`);

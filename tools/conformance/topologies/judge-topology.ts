import { isDeepStrictEqual } from 'node:util';
import { buildCase } from '../build-case.js';
import { checkTopologyFields } from '../check-fields.js';
import { equal, type Outcome } from '../outcome.js';
import { Unsupported } from '../unsupported.js';
import { canonical } from './canonical.js';
import { describedStructure } from './described-structure.js';
import { expectedStructure, type TopologyCase } from './topology-case.js';

/**
 * Compares a topology with that of Kafka Streams under `topologyOptimization: all`, which kstreams always applies. A
 * case without optimization is compared with its optimized twin, if any.
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
 * True if one group has all topics of another. Groups of kstreams may have more, since Kafka Streams forgets
 * copartitioned topics behind a moved repartition.
 */
const holds = (group: readonly string[], other: readonly string[]): boolean =>
  other.every((topic) => group.includes(topic));

/** Returns the lines of one side that the other lacks. */
const missing = (what: string, from: readonly string[], others: readonly string[]): string[] =>
  from.filter((line) => !others.includes(line)).map((line) => `  ${what} ${line}`);

import { isDeepStrictEqual } from 'node:util';
import { buildCase } from '../build-case.js';
import { checkTopologyFields } from '../check-fields.js';
import { equal, type Outcome } from '../outcome.js';
import { Unsupported } from '../unsupported.js';
import { canonical } from './canonical.js';
import { describedStructure } from './described-structure.js';
import type { Structure } from './structure.js';
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
    const expected = asKept(expectedStructure(twin ?? one));
    const found = describedStructure(buildCase(twin ?? one).app.describe());
    const [wanted, given] = [comparable(expected), comparable(found)];
    if (isDeepStrictEqual(wanted, given)) return equal;
    const why = [...missing('expected', wanted, given), ...missing('found   ', given, wanted)].join('\n');
    if (dividesMoreBehindSuppress(one, expected, found)) {
      return { result: 'set aside', why: `0014-suppressed-tables-meet-in-equal-partitions\n${why}` };
    }
    return { result: 'differ', why };
  } catch (thrown) {
    if (thrown instanceof Unsupported) return { result: 'unsupported', why: thrown.message };
    return { result: 'differ', why: `threw ${(thrown as Error).stack}` };
  }
};

/**
 * Kafka Streams does not check the partitions of topics behind a suppressed table; ours does, by decision. All else must
 * be equal, and no group of theirs may be missing.
 */
const dividesMoreBehindSuppress = ({ topology }: TopologyCase, expected: Structure, found: Structure): boolean => {
  if (!topology.some(({ op }) => op === 'suppress')) return false;
  const apart = (structure: Structure): readonly string[] => comparable({ ...structure, copartitions: [] });
  const groups = (structure: Structure): number => structure.copartitions.filter((group) => group.length > 1).length;
  return isDeepStrictEqual(apart(expected), apart(found)) && groups(found) > groups(expected);
};

/** A group of one topic divides nothing, and says nothing. */
const comparable = (structure: Structure): readonly string[] =>
  canonical({ ...structure, copartitions: structure.copartitions.filter((group) => new Set(group).size > 1) });

/**
 * The one setting in which ours differs by decision: the changelog of a join's records is compacted too, since its rows
 * are written more than once (docs/decisions/0004-join-buffers-are-compacted.md).
 */
const asKept = (structure: Structure): Structure => ({
  ...structure,
  subtopologies: structure.subtopologies.map((part) => ({
    ...part,
    changelogs: part.changelogs.map((settings) =>
      settings['cleanup.policy'] === 'delete' ? { ...settings, 'cleanup.policy': 'compact,delete' } : settings,
    ),
  })),
});

const missing = (what: string, from: readonly string[], others: readonly string[]): string[] =>
  from.filter((line) => !others.includes(line)).map((line) => `  ${what} ${line}`);

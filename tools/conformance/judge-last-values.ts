import { isDeepStrictEqual } from 'node:util';
import { buildCase } from './build-case.js';
import type { Case, Emitted, Statement } from './case.js';
import { checkFields } from './check-fields.js';
import { AppEngine, type AppEngineOptions } from './engines/app.js';
import { equal, type Outcome } from './outcome.js';
import { sideBySide } from './side-by-side.js';
import { Unsupported } from './unsupported.js';

/**
 * True if the last values of a case do not depend on the partitioning: it has one input and reads no clock, since each
 * partition has its own.
 */
export const isPartitionable = ({ topology, steps }: Case): boolean =>
  new Set(topology.flatMap(({ op, topic }) => (op === 'to' ? [] : (topic ?? [])))).size === 1 &&
  !topology.some(readsClock) &&
  steps.every(({ throws }) => throws === undefined);

/**
 * True if something reads two topics that the application itself writes, so that results of one record may meet on two
 * paths. Neither kstreams nor Kafka Streams orders topics; its test driver happens to.
 */
export const hasConvergingTopics = (one: Case): boolean => {
  const { internalTopics, subtopologies } = buildCase(one).app.describe().toJSON();
  const own = internalTopics.filter(({ kind }) => kind === 'repartition').map(({ name }) => name);
  return subtopologies.some(({ nodes }) => {
    const read = nodes.flatMap((node) => (node.kind === 'source' ? (node.topics as readonly string[]) : []));
    return new Set(read.filter((topic) => own.includes(topic))).size > 1;
  });
};

const readsClock = ({ op, windows, grace, store }: Statement): boolean =>
  ['windowedBy', 'suppress', 'punctuate'].includes(op) ||
  windows !== undefined ||
  grace !== undefined ||
  store?.type === 'versioned';

/** Runs a case in the whole runtime with several partitions, and compares the last value of each key. */
export const judgeLastValues = async (one: Case, options: Omit<AppEngineOptions, 'reopens'>): Promise<Outcome> => {
  try {
    checkFields(one);
    const engine = await AppEngine.open(one, { ...options, reopens: 0.1 });
    try {
      const found: Required<Emitted>[] = [];
      for (const step of one.steps) {
        await engine.feed(step);
        found.push(...(await engine.read()));
      }
      return compare(one, found);
    } finally {
      await engine.close();
    }
  } catch (thrown) {
    if (thrown instanceof Unsupported) return { result: 'unsupported', why: thrown.message };
    return { result: 'differ', why: `threw ${(thrown as Error).stack}` };
  }
};

const compare = ({ steps, topology }: Case, found: readonly Required<Emitted>[]): Outcome => {
  const only = topology.find(({ op }) => op === 'to')?.topic as string;
  const expected = steps.flatMap(({ out }) => out.map((emitted) => ({ topic: only, ...emitted })));
  const [wanted, given] = [lastOf(expected), lastOf(found)] as const;
  if (isDeepStrictEqual(wanted, given)) return equal;
  return { result: 'differ', why: `the last values of each topic and key\n${sideBySide(wanted, given)}` };
};

/** Returns the last value of each topic and key, sorted by name. */
const lastOf = (records: readonly Required<Emitted>[]): readonly object[] => {
  const last = new Map(records.map(({ topic, key, value }) => [JSON.stringify([topic, key]), value]));
  return [...last].sort(([one], [other]) => (one < other ? -1 : 1)).map(([key, value]) => ({ key, value }));
};

import { isDeepStrictEqual } from 'node:util';
import { endless } from '@kstreams/windowing';
import type { Case, CaseStep, Emitted, WindowedKey } from './case.js';
import { checkFields } from './check-fields.js';
import { decisionOn } from './decisions.js';
import type { Engine } from './engines/engine.js';
import { equal, type Outcome } from './outcome.js';
import { sideBySide } from './side-by-side.js';
import { Unsupported } from './unsupported.js';

/**
 * Runs a case in an engine and compares step by step: outputs in order per topic or key, drops, errors, and stores at the
 * end.
 */
export const judgeCase = async (one: Case, open: (one: Case) => Engine | Promise<Engine>): Promise<Outcome> => {
  try {
    checkFields(one);
    const difference = await differenceOf(one, open);
    if (difference === undefined) return equal;
    const decision = decisionOn(one);
    return decision === undefined
      ? { result: 'differ', why: difference }
      : { result: 'set aside', why: `${decision}\n${difference}` };
  } catch (thrown) {
    if (thrown instanceof Unsupported) return { result: 'unsupported', why: thrown.message };
    throw thrown;
  }
};

const differenceOf = async (one: Case, open: (one: Case) => Engine | Promise<Engine>): Promise<string | undefined> => {
  const opened = await attempt(async () => open(one));
  if ('threw' in opened) return `building threw ${opened.threw}`;
  const engine = opened.done;
  try {
    for (const [index, step] of one.steps.entries()) {
      const difference = await stepDifference(one, engine, step);
      if (difference !== undefined) return `step ${index} ${JSON.stringify(inputOf(step))}: ${difference}`;
      if (step.throws !== undefined) return undefined;
    }
    return await storesDifference(one, engine);
  } finally {
    // The case is judged: an engine that has failed already reported its error as the difference.
    await engine.close().catch(() => {});
  }
};

/** Describes a step without its results. */
const inputOf = ({ in: input, advanceWallClockMs }: CaseStep) => input ?? { advanceWallClockMs };

const stepDifference = async (one: Case, engine: Engine, step: CaseStep): Promise<string | undefined> => {
  const before = engine.dropped;
  const fed = await attempt(() => engine.feed(step));
  if ('threw' in fed) return step.throws === undefined ? `threw ${fed.threw}` : undefined;
  if (step.throws !== undefined) return `did not throw, as Kafka Streams does: ${step.throws}`;
  const found = await engine.read();
  const topics = one.topology.flatMap(({ op, topic }) => (op === 'to' && topic !== undefined ? [topic] : []));
  const expected = step.out.map((emitted): Required<Emitted> => ({ topic: topics[0] as string, ...emitted }));
  for (const topic of new Set([...topics, ...expected.map((emitted) => emitted.topic)])) {
    const [wanted, given] = [expected, found].map((emitted) => {
      const records = emitted.filter((record) => record.topic === topic);
      return engine.ordersByKey === true ? records.sort(byKey) : records;
    }) as [Required<Emitted>[], Required<Emitted>[]];
    if (!isDeepStrictEqual(plain(given), plain(wanted))) return `topic ${topic}\n${sideBySide(wanted, given)}`;
  }
  const dropped = engine.dropped - before;
  return dropped === (step.dropped ?? 0) ? undefined : `dropped ${dropped} records, not ${step.dropped ?? 0}`;
};

/** Compares the keys of records. Those of one key stay in order. */
const byKey = (one: Emitted, other: Emitted): number => {
  const [first, second] = [one, other].map(({ key }) => JSON.stringify(key)) as [string, string];
  return first < second ? -1 : first > second ? 1 : 0;
};

const storesDifference = async ({ stores = {} }: Case, engine: Engine): Promise<string | undefined> => {
  for (const [name, rows] of Object.entries(stores)) {
    const read = await attempt(() => engine.rows(name));
    if ('threw' in read) return `reading store ${name} threw ${read.threw}`;
    if (!isDeepStrictEqual(plain(read.done), plain(rows)))
      return `at the end, store ${name}\n${sideBySide(rows, read.done)}`;
  }
  return undefined;
};

const attempt = async <T>(work: () => Promise<T>): Promise<{ readonly done: T } | { readonly threw: string }> => {
  try {
    return { done: await work() };
  } catch (thrown) {
    if (thrown instanceof Unsupported) throw thrown;
    return { threw: thrown instanceof Error ? (thrown.stack ?? thrown.message) : String(thrown) };
  }
};

/** Normalizes a value through JSON: without undefined fields, with sorted fields. */
const plain = (records: readonly { readonly key: unknown; readonly value?: unknown; readonly ts: number }[]): unknown =>
  JSON.parse(
    JSON.stringify(records.map(({ key, value, ts }) => ({ key: asInVectors(key), value: value ?? null, ts }))),
  );

/** Returns a key as in the vectors: the unlimited window ends at Java's largest number. */
const asInVectors = (key: unknown): unknown =>
  (key as WindowedKey | null)?.end === endless ? { ...(key as WindowedKey), end: 2 ** 63 } : key;

/** Random graphs of tables, as data, and the applications that run them. */
import { type EmitStrategy, type Streams, streams, type Table, topic, untilTimeLimit } from '@kstreams/core';
import { partitionFor, toUtf8 } from '@kstreams/core/graph';
import { by } from '@kstreams/joins';
import { int32, nullable, string } from '@kstreams/serde';
import fc from 'fast-check';

/** One table of a graph. `input` and `other` choose among the tables before it. */
export interface TableStep {
  readonly operator: (typeof sources | typeof operators)[number];
  readonly input: number;
  readonly other: number;
  readonly named: boolean;
  readonly emit: EmitStrategy;
  readonly written: boolean;
}

/** An update of a source topic; a value of null deletes. */
export interface TableUpdate {
  readonly topic: number;
  readonly key: string;
  readonly value: number | null;
  readonly timestamp: number;
}

/** An update, a commit or a second of wall time. */
export type TableEvent = TableUpdate | 'commit' | 'second';

const sources = ['table', 'ending', 'history', 'suppressed', 'counted'] as const;
const operators = [
  'filter',
  'mapValues',
  'processValues',
  'join',
  'leftJoin',
  'outerJoin',
  'foreign-key join',
  'foreign-key leftJoin',
  'aggregate',
  'reduce',
  'count',
  'toTable',
] as const;

/** The keys of updates. */
export const keys = ['a', 'b', 'c'] as const;
const topicCount = 2;
/** The index of the topic that is read as a stream, and counted by key. */
export const countedTopic = topicCount;
/** Keys that lie in every partition of up to three. */
const lastKeys = [
  ...new Set(
    [1, 2, 3].flatMap((count) =>
      Array.from({ length: count }, (_, partition) => {
        let number = 0;
        while (partitionFor(toUtf8(`last${number}`), count) !== partition) number++;
        return `last${number}`;
      }),
    ),
  ),
];

/** True for a key of the last updates. */
export const isLastKey = (key: string): boolean => lastKeys.includes(key);

/** The stream time of each task at rest. */
const lastTime = 100_000;
/** The ttl of the tables with one: it ends rows of the first 30 s. */
const ttl = 70_000;

/** True when a row with a ttl has ended at rest. */
export const hasEndedAtRest = (timestamp: number): boolean => timestamp + ttl <= lastTime;

/**
 * The last updates of each topic, in every partition. They emit suppressed rows and end those with a ttl, and are suppressed
 * themselves.
 */
export const lastUpdates: readonly TableUpdate[] = Array.from({ length: countedTopic + 1 }, (_, topic) =>
  lastKeys.map((key) => ({ topic, key, value: 10, timestamp: lastTime })),
).flat();

const stepOf = (operator: fc.Arbitrary<TableStep['operator']>): fc.Arbitrary<TableStep> =>
  fc.record({
    operator,
    input: fc.nat({ max: 20 }),
    other: fc.nat({ max: 20 }),
    named: fc.boolean(),
    emit: fc.oneof(
      { weight: 3, arbitrary: fc.constant('on-update' as const) },
      { weight: 1, arbitrary: fc.constant('on-commit' as const) },
      { weight: 1, arbitrary: fc.constant({ every: '1s' as const }) },
    ),
    written: fc.boolean(),
  });

/** Returns graphs of up to `size` tables. */
export const tableGraphs = (size: number): fc.Arbitrary<readonly TableStep[]> =>
  fc
    .tuple(
      fc.array(stepOf(fc.constantFrom('table', 'table', ...sources)), { minLength: 1, maxLength: 2 }),
      fc.array(stepOf(fc.constantFrom(...operators)), { minLength: 1, maxLength: size, size: 'max' }),
    )
    .map(([first, then]) => [...first, ...then])
    // A stream of old versions as a table would be ordered by offset again.
    .filter((graph) =>
      graph.every(({ input, operator }, index) => operator !== 'toTable' || !isVersioned(graph, input % index)),
    );

/** Returns up to `length` updates, no two of which have one timestamp, with commits and intervals between them. */
export const tableEvents = (length: number): fc.Arbitrary<readonly TableEvent[]> =>
  fc
    .array(
      fc.oneof(
        {
          weight: 8,
          arbitrary: fc.record({
            topic: fc.nat({ max: countedTopic }),
            key: fc.constantFrom(...keys),
            value: fc.option(fc.integer({ min: 1, max: 30 }), { freq: 3 }),
            timestamp: fc.nat({ max: 40 }),
          }),
        },
        { weight: 1, arbitrary: fc.constantFrom('commit' as const, 'second' as const) },
      ),
      { maxLength: length, size: 'max' },
    )
    .map((events) =>
      events.map((event, index) =>
        typeof event === 'string' ? event : { ...event, timestamp: 1 + 1_000 * event.timestamp + index },
      ),
    );

/** Returns the index of the topic that a source of a graph reads. */
export const topicOf = ({ input, operator }: TableStep): number =>
  operator === 'counted' ? countedTopic : input % topicCount;

/** Returns the updates of the topics that a graph reads, the last ones included. */
export const updatesOf = (graph: readonly TableStep[], events: readonly TableEvent[]): readonly TableUpdate[] => {
  const read = graph.filter(({ operator }) => sources.some((source) => source === operator)).map(topicOf);
  const updates = events.filter((event) => typeof event !== 'string');
  return [...updates, ...lastUpdates].filter(({ topic }) => read.includes(topic));
};

/** The topics that graphs read. */
export const inputTopics = Array.from({ length: countedTopic + 1 }, (_, index) =>
  topic(`in-${index}`, { key: string, value: int32 }),
);

/** Returns the topic to which a table of a graph is written. */
export const outputTopic = (index: number) => topic(`out-${index}`, { key: string, value: nullable(int32) });

/** True for the tables of a graph that are written: those marked, and the last. */
export const isWritten = (graph: readonly TableStep[], index: number): boolean =>
  graph[index]?.written === true || index === graph.length - 1;

/** The functions of a graph's steps. Each is repeatable, and leaves out some rows. */
export const rules = {
  filter: (value: number): boolean => value % 3 !== 0,
  mapValues: (value: number): number | null => (value % 5 === 0 ? null : ((value * 11) % 31) + 1),
  processValues: (value: number | undefined): number | null =>
    value === undefined || value % 7 === 0 ? null : value + 1,
  join: (left: number | undefined, right: number | undefined): number | null => {
    const result = ((left ?? 50) * 7 + (right ?? 13) * 3) % 31;
    return result === 0 ? null : result;
  },
  foreignKey: (value: number): string | null =>
    value % 6 === 0 ? null : (['a', 'b', 'g0', 'g1'][value % 4] as string),
  group: (value: number): string | null => (value % 8 === 0 ? null : `g${value % 2}`),
};

/** The number that each value of a group adds to its aggregate besides itself, so that an empty group is recognized. */
const ofOne = 100_000_000;
const small = (value: number): number => (value % 31) + 1;

/** Returns the row of a group from its values. */
export const aggregateOf = (operator: 'aggregate' | 'reduce' | 'count', values: readonly number[]): number => {
  const sum = values.reduce((total, value) => total + value, 0);
  return operator === 'count' ? values.length : small(operator === 'reduce' ? sum : sum + values.length * ofOne);
};

/** Returns the application of a graph. Tables are named by their index. */
export const tableApp = (name: string, graph: readonly TableStep[]): Streams => {
  const app = streams(name);
  const tables: Table<string, number>[] = [];
  for (const [index, step] of graph.entries()) {
    const table = appendStep(app, tables, step, index);
    if (isWritten(graph, index)) table.toStream().to(outputTopic(index));
    tables.push(table);
  }
  return app;
};

/** True for a table that orders updates by timestamp: one with a history, and those computed from it row by row. */
export const isVersioned = (graph: readonly TableStep[], index: number): boolean => {
  const step = graph[index] as TableStep;
  if (step.operator === 'history') return true;
  if (!['filter', 'mapValues', 'processValues'].includes(step.operator)) return false;
  return isVersioned(graph, step.input % index);
};

/** Returns the inputs of a step: two of the tables before it. */
export const inputsOf = <T>(tables: readonly T[], { input, other }: TableStep): readonly [T, T] => [
  tables[input % tables.length] as T,
  tables[other % tables.length] as T,
];

const appendStep = (
  app: Streams,
  tables: readonly Table<string, number>[],
  step: TableStep,
  index: number,
): Table<string, number> => {
  const { emit, operator } = step;
  const named = { emit, ...(step.named && { name: `t${index}` }) };
  const options = { ...named, value: int32 };
  const source = inputTopics[topicOf(step)] as (typeof inputTopics)[number];
  const [input, other] = inputsOf(tables, step);
  const group = () => input.groupBy((value) => [rules.group(value), value], { key: string, value: int32 });
  switch (operator) {
    case 'table':
      return app.table(source, named);
    case 'ending':
      return app.table(source, { ...named, ttl });
    case 'history':
      return app.table(source, { ...named, history: '1h' });
    case 'suppressed':
      return app.table(source, named).suppress(untilTimeLimit('5s'));
    case 'counted':
      return app
        .stream({ ...source, value: nullable(int32) })
        .groupByKey()
        .aggregate(
          () => 0,
          (count) => count + 1,
          options,
        );
    case 'filter':
      return input.filter(rules.filter, named);
    case 'mapValues':
      return input.mapValues(rules.mapValues, options);
    case 'processValues':
      return input.processValues(() => rules.processValues, options);
    case 'join':
      return input.join(other, rules.join, options);
    case 'leftJoin':
      return input.leftJoin(other, rules.join, options);
    case 'outerJoin':
      return input.outerJoin(other, rules.join, options);
    case 'foreign-key join':
      return input.join(other, by(rules.foreignKey), rules.join, options);
    case 'foreign-key leftJoin':
      return input.leftJoin(other, by(rules.foreignKey), rules.join, options);
    case 'aggregate':
      return group()
        .aggregate(
          () => 0,
          (aggregate, value) => aggregate + value + ofOne,
          (aggregate, value) => (aggregate < 2 * ofOne ? null : aggregate - value - ofOne),
          options,
        )
        .mapValues(small, { value: int32 });
    case 'reduce':
      return group()
        .reduce(
          (aggregate, value) => aggregate + value,
          (aggregate, value) => (aggregate === value ? null : aggregate - value),
          named,
        )
        .mapValues(small, { value: int32 });
    case 'count':
      return group()
        .count({ ...named, value: int32 })
        .filter((count) => count > 0);
    case 'toTable':
      return input.toStream().toTable(named);
  }
};

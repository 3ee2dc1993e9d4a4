/** Null through every step: a delete of a table, and null in a stream. */
import { expect, test } from '@jest/globals';
import { Stream, Table, type ValueContext } from '@kstreams/core';
import { testDriver } from '@kstreams/testing';
import {
  by,
  int32,
  type KeyValueStore,
  nullable,
  record,
  type Streams,
  streams,
  string,
  topic,
  untilTimeLimit,
  within,
} from 'kstreams';

const number = nullable(int32);
const rows = topic('rows', { key: string, value: int32 });
const others = topic('others', { key: string, value: int32 });
const everywhere = topic('everywhere', { key: string, value: int32 });
const lines = topic('lines', { key: string, value: number });
const out = topic('out', { key: string, value: number });
const value = { value: int32 };
const maybe = { value: number };

interface Tables {
  readonly app: Streams;
  readonly table: Table<string, number>;
  readonly other: Table<string, number>;
}

/** A step of a table, and the last value behind it after the delete of the row 'a', whose other row is 5. */
type TableStep = readonly [result: number | null | undefined, build: (tables: Tables) => Table<string, number>];

const sum = (left = 0, right = 0): number => left + right;

const ofTables: Readonly<Record<string, TableStep>> = {
  with: [null, ({ table }) => table.with(value)],
  filter: [null, ({ table }) => table.filter((one) => one > 0)],
  filterNot: [null, ({ table }) => table.filterNot((one) => one < 0)],
  mapValues: [null, ({ table }) => table.mapValues((one) => one + 1, value)],
  processValues: [null, ({ table }) => table.processValues(() => (one) => one, value)],
  suppress: [null, ({ table }) => table.suppress(untilTimeLimit('1ms'))],
  toStream: [null, ({ table }) => table.toStream().with(maybe).toTable()],
  groupBy: [
    null,
    ({ table }) =>
      grouped(table).aggregate(
        () => 0,
        sum,
        () => null,
        value,
      ),
  ],
  'groupBy, reduce': [null, ({ table }) => grouped(table).reduce(sum, () => null, value)],
  'groupBy, count': [0, ({ table }) => grouped(table).count(value)],
  join: [null, ({ other, table }) => table.join(other, sum, value)],
  'join, deleted right': [null, ({ other, table }) => other.join(table, sum, value)],
  'join by': [
    null,
    ({ other, table }) =>
      table.join(
        other,
        by((_, key) => key),
        sum,
        value,
      ),
  ],
  'join by, deleted right': [
    null,
    ({ other, table }) =>
      other.join(
        table,
        by((_, key) => key),
        sum,
        value,
      ),
  ],
  leftJoin: [null, ({ other, table }) => table.leftJoin(other, sum, value)],
  'leftJoin, deleted right': [5, ({ other, table }) => other.leftJoin(table, sum, value)],
  'leftJoin by': [
    null,
    ({ other, table }) =>
      table.leftJoin(
        other,
        by((_, key) => key),
        sum,
        value,
      ),
  ],
  'leftJoin by, deleted right': [
    5,
    ({ other, table }) =>
      other.leftJoin(
        table,
        by((_, key) => key),
        sum,
        value,
      ),
  ],
  outerJoin: [5, ({ other, table }) => table.outerJoin(other, sum, value)],
  'outerJoin, deleted right': [5, ({ other, table }) => other.outerJoin(table, sum, value)],
  'emit on commit': [null, ({ table }) => table.mapValues((one) => one, { ...value, emit: 'on-commit' })],
  'emit at an interval': [null, ({ table }) => table.mapValues((one) => one, { ...value, emit: { every: '1s' } })],
  named: [null, ({ table }) => table.filter(() => true, { name: 'kept' })],
};

const grouped = (table: Table<string, number>) =>
  table.groupBy((one, key) => [key, one], { key: string, value: int32 });

const methodsOf = (type: { readonly prototype: object }): readonly string[] =>
  Object.getOwnPropertyNames(type.prototype).filter((name) => name !== 'constructor');

test('every step of a table is tested', () => {
  const tested = new Set(Object.keys(ofTables).map((name) => name.split(/[ ,]/)[0]));
  expect(methodsOf(Table).filter((name) => !tested.has(name))).toEqual([]);
});

test.each(Object.entries(ofTables))('a delete passes %s of a table', async (_, [result, build]) => {
  const app = streams('app');
  const tables = { app, table: app.table(rows), other: app.table(others) };
  build(tables).toStream().to(out);
  const driver = testDriver(app);
  driver.input(others).pipe('a', 5, 1);
  driver.input(rows).pipe('a', 1, 2);
  driver.advance('2s');
  await driver.commit();
  driver.input(rows).pipe('later', 1, 50);
  driver.input(rows).pipe('a', null as never, 60);
  driver.input(rows).pipe('later', 1, 100);
  driver.advance('2s');
  await driver.commit();
  const written = driver
    .output(out)
    .read()
    .filter(({ key }) => key === 'a');
  expect(written.at(-1)?.value).toBe(result);
  expect(written.length).toBeGreaterThan(1);
});

type StreamStep = (stream: Stream<string, number | null>, app: Streams) => Stream<string, number | null>;
const keep = <T>(one: T): T => one;

/** The steps of a stream that forward a null value; their functions receive it. */
const ofStreams: Readonly<Record<string, StreamStep>> = {
  via: (stream) => stream.via({ name: 'own', key: 'kept', value: 'kept', processor: ({ forward }) => forward }),
  with: (stream) => stream.with(maybe),
  filter: (stream) => stream.filter((one) => one === null),
  filterNot: (stream) => stream.filterNot((one) => one !== null),
  map: (stream) => stream.map((one, key) => [key, one], { key: string, ...maybe }),
  mapValues: (stream) => stream.mapValues(keep, maybe),
  flatMap: (stream) => stream.flatMap((one, key) => [[key, one]], { key: string, ...maybe }),
  flatMapValues: (stream) => stream.flatMapValues((one) => [one], maybe),
  selectKey: (stream) => stream.selectKey((_, key) => key, { key: string }),
  peek: (stream) => stream.peek((one) => expect(one).toBeNull()),
  print: (stream) => {
    stream.print({ to: () => {} });
    return stream;
  },
  merge: (stream, app) => stream.merge(app.stream(topic('more', { key: string, value: number }))),
  repartition: (stream) => stream.repartition(),
  setHeaders: (stream) => stream.setHeaders(() => []),
  split: (stream) => stream.split({ none: (one) => one === null }).none,
  match: (stream) => stream.match({ none: null }, { rest: 'some' }).none,
  process: (stream) =>
    stream.process(
      ({ forward }) =>
        ({ key, timestamp, value: one }) =>
          forward(record(key, one, timestamp)),
      {
        key: string,
        ...maybe,
      },
    ),
  processValues: (stream) =>
    stream.processValues(
      ({ forward }: ValueContext<number | null>) =>
        ({ value: one }) =>
          forward(one),
      maybe,
    ),
  mapAsync: (stream) => stream.mapAsync(async (one) => one, maybe),
  flatMapAsync: (stream) => stream.flatMapAsync(async (one) => [one], maybe),
  filterAsync: (stream) => stream.filterAsync(async (one) => one === null),
  mapBatch: (stream) => stream.mapBatch(async (all) => all, maybe),
  processAsync: (stream) => stream.processAsync(async (one) => one, { state: int32, ...maybe }),
};

test.each(Object.entries(ofStreams))('null passes %s of a stream', async (_, build) => {
  const app = streams('app');
  build(app.stream(lines), app).to(out);
  const driver = testDriver(app);
  driver.input(lines).pipe('a', null, 1);
  await driver.settled();
  expect(driver.output(out).read()).toMatchObject([{ key: 'a', value: null }]);
});

type Line = Stream<string, number | null>;

/** The steps that end a stream with a function, which receives null. */
const withFunctions: Readonly<Record<string, (stream: Line, receive: (one: number | null) => void) => void>> = {
  forEach: (stream, receive) => stream.forEach(receive),
  forEachAsync: (stream, receive) => stream.forEachAsync(async (one) => receive(one)),
};

test.each(Object.entries(withFunctions))('%s of a stream receives null', async (_, build) => {
  const app = streams('app');
  const received: unknown[] = [];
  build(app.stream(lines), (one) => received.push(one));
  const driver = testDriver(app);
  driver.input(lines).pipe('a', null, 1);
  await driver.settled();
  expect(received).toEqual([null]);
});

/** The steps that a record without a value cannot enter; it is dropped and counted. */
const dropping: Readonly<Record<string, (stream: Line, app: Streams) => Stream<string, number | null>>> = {
  groupBy: (stream) =>
    stream
      .groupBy((_, key) => key, { key: string })
      .count()
      .toStream(),
  groupByKey: (stream) => stream.groupByKey().reduce(sum, value).toStream(),
  join: (stream, app) => stream.join(app.table(others), sum, value),
  'join of streams': (stream, app) => stream.join(app.stream(others), within('1m'), sum, value),
  'join of a global table': (stream, app) =>
    stream.join(
      app.globalTable(everywhere),
      by((_, key) => key),
      sum,
      value,
    ),
  leftJoin: (stream, app) => stream.leftJoin(app.table(others), sum, value),
  outerJoin: (stream, app) => stream.outerJoin(app.stream(others), within('1m'), sum, value),
};

test.each(Object.entries(dropping))('null is dropped and counted by %s of a stream', (_, build) => {
  const app = streams('app');
  build(app.stream(lines), app).to(out);
  const driver = testDriver(app);
  driver.input(lines).pipe('a', null, 1);
  expect(driver.output(out).read()).toEqual([]);
  expect(driver.dropped('null-value')).toBe(1);
});

test('null in a stream deletes the row of toTable, and that of a global table', () => {
  const app = streams('app');
  app.stream(lines).toTable({ name: 'kept' });
  app.globalTable(everywhere, { name: 'everywhere' });
  const driver = testDriver(app);
  for (const one of [1, null]) driver.input(lines).pipe('a', one, 1);
  for (const one of [1, null]) driver.input(everywhere).pipe('a', one as number, 1);
  const stored = (name: string) => (driver.store(name) as KeyValueStore<string, number>).get('a');
  expect([stored('kept'), stored('everywhere')]).toEqual([undefined, undefined]);
});

test.each([
  ['a topic', (stream: Line) => stream.to(out)],
  ['a topic that is chosen', (stream: Line) => stream.to({ choose: () => 'out', key: string, value: number })],
  ['a topic with a partitioner', (stream: Line) => stream.to(out, { partitioner: () => 0 })],
])('null is written to %s', (_, write) => {
  const app = streams('app');
  write(app.stream(lines));
  const driver = testDriver(app);
  driver.input(lines).pipe('a', null, 1);
  expect(driver.output(out).read()).toMatchObject([{ key: 'a', value: null }]);
});

test('every step of a stream is tested', () => {
  const tested = new Set(
    [ofStreams, withFunctions, dropping].flatMap((steps) => Object.keys(steps).map((name) => name.split(' ')[0])),
  );
  expect(methodsOf(Stream).filter((name) => !tested.has(name))).toEqual(['toTable', 'to']);
});

/** A function of a synchronous step that returns a promise fails its record, in every step of the chain. */
import { expect, test } from '@jest/globals';
import { testDriver } from '@kstreams/testing';
import {
  by,
  type Context,
  keyValue,
  record,
  type Stream,
  type StreamRecord,
  type Streams,
  session,
  sliding,
  streams,
  string,
  type Table,
  timers,
  topic,
  tumbling,
  within,
} from 'kstreams';

const input = topic('in', { key: string, value: string });
const others = topic('others', { key: string, value: string });
const out = topic('out', { key: string, value: string });

/** A promise of another library, which is not an instance of `Promise`. */
class Query {
  // biome-ignore lint/suspicious/noThenProperty: a promise is an object with this method
  then(_resolved: unknown, rejected: (reason: unknown) => void): void {
    rejected(new Error('the query failed'));
  }
}

/** The results that no step awaits. */
const promises: readonly (() => unknown)[] = [
  () => Promise.resolve('x'),
  () => Promise.reject(new Error('the call failed')),
  () => new Query(),
];

interface Inputs {
  readonly app: Streams;
  readonly stream: Stream<string, string>;
  readonly other: Stream<string, string>;
  readonly table: Table<string, string>;
}

const value = { value: string };
const both = { key: string, value: string };
const stored = keyValue('stored', both);
const alarm = timers('alarm', { key: string });

/** Every step with a function of the user, by name. `later` returns a promise. */
const steps: Readonly<Record<string, (inputs: Inputs, later: never) => unknown>> = {
  filter: ({ stream }, later) => stream.filter(later),
  filterNot: ({ stream }, later) => stream.filterNot(later),
  map: ({ stream }, later) => stream.map(later),
  'map of a key': ({ stream }, later) => stream.map((v) => [(later as () => string)(), v]),
  'map of a value': ({ stream }, later) => stream.map((_, k) => [k, (later as () => string)()]),
  mapValues: ({ stream }, later) => stream.mapValues(later),
  flatMap: ({ stream }, later) => stream.flatMap(later),
  'flatMap of an element': ({ stream }, later) => stream.flatMap(() => [(later as () => never)()]),
  flatMapValues: ({ stream }, later) => stream.flatMapValues(later),
  'flatMapValues of an element': ({ stream }, later) => stream.flatMapValues(() => [(later as () => string)()]),
  selectKey: ({ stream }, later) => stream.selectKey(later),
  setHeaders: ({ stream }, later) => stream.setHeaders(later),
  peek: ({ stream }, later) => stream.peek(later),
  forEach: ({ stream }, later) => stream.forEach(later),
  print: ({ stream }, later) => stream.print({ to: later }),
  split: ({ stream }, later) => stream.split({ large: later }),
  groupBy: ({ stream }, later) => stream.groupBy(later, { key: string }).count().toStream(),
  repartition: ({ stream }, later) => stream.repartition({ partitioner: later }),
  process: ({ stream }, later) => stream.process(() => later),
  'process of a schedule': ({ stream }, later) =>
    stream.process((context: Context<string, string>) => {
      context.schedule('1ms', 'stream', later);
      return () => {};
    }),
  'process of a timer': ({ stream }, later) =>
    stream.process(
      (context: Context<string, string>) => {
        const set = context.timers(alarm, later);
        return ({ key, timestamp }: StreamRecord<string, string>) => set.set(key, timestamp);
      },
      { stores: [alarm] },
    ),
  processValues: ({ stream }, later) => stream.processValues(() => later),
  via: ({ stream }, later) => stream.via({ name: 'own', key: 'kept', value: 'kept', processor: () => later }),
  'to with choose': ({ stream }, later) => stream.to({ choose: later, ...both }),
  'to with headers': ({ stream }, later) => stream.to(out, { headers: later }),
  'to with timestamp': ({ stream }, later) => stream.to(out, { timestamp: later }),
  'to with partitioner': ({ stream }, later) => stream.to(out, { partitioner: later }),
  'stream with timestamp': ({ app }, later) => app.stream(others, { timestamp: later }),
  'table with timestamp': ({ app }, later) => app.table(others, { timestamp: later, name: 'named' }),
  'globalTable with timestamp': ({ app }, later) => app.globalTable(others, { timestamp: later, name: 'global' }),
  'join of streams': ({ other, stream }, later) => stream.join(other, within('1m'), later, value),
  'leftJoin of streams': ({ other, stream }, later) => stream.leftJoin(other, within('1m'), later, value),
  'outerJoin of streams': ({ other, stream }, later) => stream.outerJoin(other, within('1m'), later, value),
  'join with a table': ({ stream, table }, later) => stream.join(table, later, value),
  'leftJoin with a table': ({ stream, table }, later) => stream.leftJoin(table, later, value),
  'leftJoin with a global table': ({ app, stream }, later) =>
    stream.leftJoin(app.globalTable(others, { name: 'global' }), by(later), (one) => one, value),
  aggregate: ({ stream }, later) => stream.groupByKey().aggregate(() => '', later, value),
  'aggregate from init': ({ stream }, later) => stream.groupByKey().aggregate(later, (sum: string) => sum, value),
  reduce: ({ stream }, later) => stream.groupByKey().reduce(later),
  cogroup: ({ stream }, later) =>
    stream
      .groupByKey()
      .cogroup(() => '', later)
      .aggregate(value),
  'cogroup of another stream': ({ other, stream }, later) =>
    stream
      .groupByKey()
      .cogroup(
        () => '',
        (sum) => sum,
      )
      .cogroup(other.groupByKey(), later)
      .aggregate(value),
  'window and aggregate': ({ stream }, later) =>
    stream
      .groupByKey()
      .window(tumbling('1m'))
      .aggregate(() => '', later, value),
  'window and init': ({ stream }, later) =>
    stream
      .groupByKey()
      .window(tumbling('1m'))
      .aggregate(later, (sum: string) => sum, value),
  'window and reduce': ({ stream }, later) => stream.groupByKey().window(sliding('1m')).reduce(later, value),
  'session and aggregate': ({ stream }, later) =>
    stream
      .groupByKey()
      .window(session('1m'))
      .aggregate(
        () => '',
        later,
        (left) => left,
        value,
      ),
  'session and merge': ({ stream }, later) =>
    stream
      .groupByKey()
      .window(session('1m'))
      .aggregate(
        () => '',
        (sum) => sum,
        later,
        value,
      ),
  'session and reduce': ({ stream }, later) => stream.groupByKey().window(session('1m')).reduce(later, value),
  'cogroup and session': ({ stream }, later) =>
    stream
      .groupByKey()
      .cogroup(
        () => '',
        (sum) => sum,
      )
      .window(session('1m'))
      .aggregate(later, value),
  'table.filter': ({ table }, later) => table.filter(later).toStream(),
  'table.filterNot': ({ table }, later) => table.filterNot(later).toStream(),
  'table.mapValues': ({ table }, later) => table.mapValues(later, value).toStream(),
  'table.processValues': ({ table }, later) => table.processValues(() => later, value).toStream(),
  'table.join': ({ stream, table }, later) => table.join(stream.toTable({ name: 'right' }), later, value),
  'table.leftJoin': ({ stream, table }, later) => table.leftJoin(stream.toTable({ name: 'right' }), later, value),
  'table.outerJoin': ({ stream, table }, later) => table.outerJoin(stream.toTable({ name: 'right' }), later, value),
  'table.join by': ({ stream, table }, later) =>
    table.join(stream.toTable({ name: 'right' }), by(later), (one: string) => one, value),
  'table.groupBy': ({ table }, later) => table.groupBy(later, both).count().toStream(),
  'table.aggregate by add': ({ table }, later) =>
    table
      .groupBy((v) => [v, v], both)
      .aggregate(
        () => '',
        later,
        (sum) => sum,
        value,
      ),
  'table.aggregate by subtract': ({ table }, later) =>
    table
      .groupBy((v) => [v, v], both)
      .aggregate(
        () => '',
        (sum) => sum,
        later,
        value,
      ),
  'table.reduce': ({ table }, later) => table.groupBy((v) => ['all', v], both).reduce(later, (sum) => sum),
};

/** Pipes records until a step has called its function: two per topic, close and far in time. */
const runStep = (step: (inputs: Inputs, later: never) => unknown, later: () => unknown) => {
  const app = streams('app');
  const stream = app.stream(input);
  const read = { app, stream, table: stream.toTable({ name: 'table' }) };
  const made = step(
    {
      ...read,
      get other() {
        return app.stream(others);
      },
    },
    later as never,
  );
  const driver = testDriver(app);
  const topics = step.toString().includes('other') ? [others, input] : [input];
  for (const at of [1, 2]) for (const topic of topics) driver.input(topic).pipe('k', `v${at}`, at);
  for (const topic of topics) driver.input(topic).pipe('k', 'far', 40_000);
  for (const topic of topics) driver.input(topic).pipe('k', 'later', 400_000);
  return made;
};

test.each(Object.keys(steps))('%s', (name) => {
  for (const later of promises) {
    expect(() => runStep(steps[name] as never, later)).toThrow(/returned a promise: use mapAsync/);
  }
  expect(() => runStep(steps[name] as never, async () => 'x')).toThrow(/a promise: use mapAsync/);
});

/** The methods that take a function, apart from async ones, which await it, and those without one. */
test('every method of a chain is tested, or takes no function that it has to await', () => {
  const without = [
    'constructor',
    'with',
    'merge',
    'match',
    'groupByKey',
    'toTable',
    'suppress',
    'toStream',
    'window',
    'count',
    'step',
    'table',
    'valueSerde',
    'edge',
    'mapAsync',
    'flatMapAsync',
    'filterAsync',
    'forEachAsync',
    'mapBatch',
    'processAsync',
  ];
  const stream = streams('app').stream(input);
  const tested = Object.keys(steps).join(' ');
  for (const one of [stream, stream.toTable(), stream.groupByKey(), stream.toTable().groupBy((v) => [v, v], both)]) {
    const methods = Object.entries(Object.getOwnPropertyDescriptors(Object.getPrototypeOf(one)));
    for (const [method, { value }] of methods) {
      if (typeof value === 'function' && !without.includes(method))
        expect(tested).toMatch(new RegExp(`\\b${method}\\b`));
    }
  }
});

/** Runs `act` late: after an await, from a timer of JavaScript, or while the processor is opened. */
const outside = (act: (context: Context<string, string>) => void) => {
  const app = streams('app');
  let run: (() => void) | undefined;
  app
    .stream(input)
    .process(
      (context: Context<string, string>) => {
        run = () => act(context);
        return (one: StreamRecord<string, string>) => context.forward(one);
      },
      { stores: [stored, alarm], ...both },
    )
    .to(out);
  const driver = testDriver(app);
  driver.input(input).pipe('k', 'v', 1);
  return { late: run as () => void, driver };
};

const acts: readonly (readonly [string, (context: Context<string, string>) => void])[] = [
  ['forward', (context) => context.forward(record('k', 'late', 2))],
  ['forwardTo', (context) => context.forwardTo('to-0', record('k', 'late', 2))],
  ['a child', (context) => context.child('to-0')(record('k', 'late', 2))],
  ['put', (context) => context.store(stored).put('k', 'late', 2)],
  ['delete', (context) => context.store(stored).delete('k', 2)],
  ['the set of a timer', (context) => context.store(alarm).set('k', 5)],
];

test.each(acts)('%s is refused outside of a record, and changes nothing', async (_, act) => {
  const remedy = /while a record, timer or schedule is processed, and await in mapAsync or processAsync/;
  const { driver, late } = outside(act);
  expect(late).toThrow(remedy);
  await Promise.resolve();
  expect(late).toThrow(remedy);
  expect(
    driver
      .output(out)
      .read()
      .map((one) => one.value),
  ).toEqual(['v']);
  expect(driver.store(stored).get('k')).toBeUndefined();
  expect(driver.store(alarm).size).toBe(0);
  const opening = streams('app');
  opening
    .stream(input)
    .process(
      (context: Context<string, string>) => {
        act(context);
        return () => {};
      },
      { stores: [stored, alarm], ...both },
    )
    .to(out);
  expect(() => testDriver(opening)).toThrow(remedy);
});

test('the store of a global table is written by its topic only', () => {
  const app = streams('app');
  const { rows } = app.globalTable(others, { name: 'global' });
  app.stream(input).process((context: Context<string, string>) => {
    const global = context.store(rows.store as typeof stored);
    return ({ key, value }: StreamRecord<string, string>) => global.put(key, value, 1);
  });
  const driver = testDriver(app);
  driver.input(others).pipe('k', 'v', 1);
  expect(() => driver.input(input).pipe('k', 'v', 1)).toThrow(/store of a global table: write to its topic instead/);
});

test('a test may write a store of the driver', () => {
  const { driver } = outside(() => {});
  driver.store(stored).put('k', 'seeded', 3);
  expect(driver.store(stored).row('k')).toEqual({ value: 'seeded', timestamp: 3 });
});

test.each([
  ['undefined', undefined],
  ['null', null],
  ['number', 1],
  ['string', 'yes'],
  ['object', {}],
])('a test that returns %s fails its record', (kind, result) => {
  for (const step of ['filter', 'filterNot', 'split', 'table.filter', 'table.filterNot'])
    expect(() => runStep(steps[step] as never, () => result)).toThrow(
      new RegExp(`returned ${kind}: return true or false`),
    );
});

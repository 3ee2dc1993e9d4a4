/** Mistakes are reported in the call that makes them, else with the node and the record. */
import { describe, expect, test } from '@jest/globals';
import { byKey, within } from '@kstreams/joins';
import { double, json, string } from '@kstreams/serde';
import { testDriver } from '@kstreams/testing';
import { type Stream, streams, topic } from '../index.js';

const lines = topic('lines', { key: string, value: string });
const words = topic('words', { key: string, value: string });

const lineStream = () => streams('app', { joinCondition: byKey() }).stream(lines);

describe('an unknown serde', () => {
  const mend = (part: string) => `add { ${part} } there or .with({ ${part} }) before it`;

  test.each<[string, () => unknown, string]>([
    [
      'a key that map changed',
      () =>
        lineStream()
          .map((line) => [line, line.length])
          .groupByKey()
          .count(),
      `count-0 needs a serde for the key (changed by map-0): ${mend('key')}`,
    ],
    [
      'a key that groupBy changed',
      () =>
        lineStream()
          .groupBy((line) => line)
          .count({ name: 'counted' }),
      `counted needs a serde for the key (changed by group-by-0): ${mend('key')}`,
    ],
    [
      'a value that mapValues changed, before a topic',
      () =>
        lineStream()
          .mapValues((line) => line.length)
          .groupBy((_, key) => key, { key: string })
          .count(),
      `count-0 needs a serde for the value (changed by map-values-0): ${mend('value')}`,
    ],
    [
      'a value to be reduced',
      () =>
        lineStream()
          .mapValues((line) => line.length, { name: 'lengths' })
          .groupByKey()
          .reduce((one) => one),
      `reduce needs a serde for the value (changed by lengths): ${mend('value')}`,
    ],
    [
      'a table of changed values',
      () =>
        lineStream()
          .mapValues((line) => line.length)
          .toTable(),
      `toTable needs a serde for the value (changed by map-values-0): ${mend('value')}`,
    ],
    [
      'one side of a join',
      () => {
        const app = streams('app');
        const lengths = app.stream(lines).mapValues((line) => line.length);
        return app.stream(words).join(lengths, within('1m'), (left) => left);
      },
      `join-0 needs a serde for the right value (changed by map-values-0): ${mend('value')}`,
    ],
    [
      'what two sides of a merge write differently',
      () => {
        const stream = lineStream();
        return stream.merge(stream.mapValues((line) => line.length, { value: double })).repartition();
      },
      `repartition needs a serde for the value (changed by merge-0): ${mend('value')}`,
    ],
  ])('%s', (_, write, message) => {
    expect(write).toThrow(message);
  });

  test('of new records is taken from the call or the application', () => {
    const mend = 'add { value } to the call, or { defaults: { value } } to streams(…)';
    const group = lineStream().groupByKey();
    expect(() =>
      group.aggregate(
        () => 0,
        (sum) => sum + 1,
      ),
    ).toThrow(`aggregate needs a serde for the aggregate: ${mend}`);
    const table = streams('app').table(lines);
    expect(() => table.mapValues((line) => line.length, { name: 'lengths' })).toThrow(
      `lengths needs a serde for the result: ${mend}`,
    );
    expect(() => table.groupBy((line) => [line, 1]).count()).toThrow(
      "groupBy before count needs a serde for the group's key",
    );
  });

  test('is fixed by defaults of the application, a serde of the step or .with', () => {
    const lengths = (stream: Stream<string, string>) => stream.mapValues((line) => line.length);
    const app = streams('app', { defaults: { value: json() } });
    lengths(app.stream(lines)).toTable();
    lengths(streams('app').stream(lines)).with({ value: double }).toTable();
    lineStream()
      .mapValues((line) => line.length, { value: double })
      .toTable();
    expect(() => app.build()).not.toThrow();
  });
});

describe('a function that returns nothing', () => {
  const nothing = undefined as never;

  test.each<[string, (stream: Stream<string, string>) => Stream<unknown, unknown>]>([
    ['mapValues', (stream) => stream.mapValues(() => nothing)],
    ['map', (stream) => stream.map((line) => [nothing, line])],
    ['map', (stream) => stream.map((line) => [line, nothing])],
    ['selectKey', (stream) => stream.selectKey(() => nothing)],
    ['flatMap', (stream) => stream.flatMap((line) => [[line, nothing]])],
    ['flatMapValues', (stream) => stream.flatMapValues(() => [nothing])],
    ['leftJoin', (stream) => stream.leftJoin(stream.toTable(), () => nothing)],
  ])('%s names the step, the node and the record', (step, write) => {
    const app = streams('app', { joinCondition: byKey() });
    write(app.stream(lines)).forEach(() => {});
    expect(() => testDriver(app).input(lines).pipe('a', 'x', 1)).toThrow(
      new RegExp(`${step} returned undefined: return a value, or null.*node .*topic lines, partition 0, offset 0`),
    );
  });
});

describe('an async function is refused in the call that takes it', () => {
  const later = (async () => true) as never;

  test.each<[string, (stream: Stream<string, string>) => unknown]>([
    ['filter', (stream) => stream.filter(later)],
    ['filter-not', (stream) => stream.filterNot(later)],
    ['map', (stream) => stream.map(later)],
    ['lengths', (stream) => stream.mapValues(later, { name: 'lengths' })],
    ['flat-map-values', (stream) => stream.flatMapValues(async function* () {} as never)],
    ['select-key', (stream) => stream.selectKey(later)],
    ['group-by', (stream) => stream.groupBy(later)],
    ['peek', (stream) => stream.peek(later)],
    ['for-each', (stream) => stream.forEach(later)],
    ['the branch large of split', (stream) => stream.split({ large: later })],
    ['process', (stream) => stream.process(later)],
    ['reduce', (stream) => stream.groupByKey().reduce(later)],
    ['aggregate', (stream) => stream.groupByKey().aggregate(() => '', later, { value: string })],
    ['outerJoin', (stream) => stream.outerJoin(stream, within('1m'), later)],
    ['filter', (stream) => stream.toTable().filter(later)],
    ['mapValues', (stream) => stream.toTable().mapValues(later)],
    ['join', (stream) => stream.toTable().join(stream.toTable(), later)],
    ['groupBy', (stream) => stream.toTable().groupBy(later)],
  ])('%s', (step, write) => {
    expect(() => write(lineStream())).toThrow(`the function of ${step} returns a promise: use mapAsync`);
  });
});

describe('an impossible join', () => {
  test('names the missing part', () => {
    const app = streams('app');
    expect(() => app.stream(lines).join(app.table(words), (left) => left)).toThrow(
      'this join has no condition: give it within(…), byKey() or by(…)',
    );
  });
});

test.each<[string, (stream: Stream<string, string>) => unknown, string]>([
  ['map', (stream) => stream.map(() => 'ab' as never), 'map returned a string: return [key, value]'],
  ['map', (stream) => stream.map(() => null as never), 'map returned null: return [key, value]'],
  ['map', (stream) => stream.map(() => undefined as never), 'map returned undefined: return [key, value]'],
  ['flatMap', (stream) => stream.flatMap(() => 'ab' as never), 'flatMap returned a string: return [key, value]'],
  [
    'flatMap',
    (stream) => stream.flatMap(() => undefined as never),
    'flatMap returned undefined: return a list, or anything iterable',
  ],
  [
    'flatMapValues',
    (stream) => stream.flatMapValues(() => 5 as never),
    'flatMapValues returned a number: return a list, or anything iterable',
  ],
  [
    'groupBy of a table',
    (stream) =>
      stream
        .toTable()
        .groupBy(() => 'ab' as never, { key: string, value: string })
        .count(),
    'groupBy returned a string: return [key, value]',
  ],
])('%s refuses a result of another shape, in place of reading its parts', (_, build, message) => {
  const stream = lineStream();
  build(stream);
  const driver = testDriver({ name: 'app', build: () => stream.position.chain.graph.build() });
  expect(() => driver.input(lines).pipe('a', 'b')).toThrow(message);
});

test('a processor that returns no function is refused when it is opened', () => {
  const app = streams('app');
  app.stream(lines).process(() => 5 as never);
  expect(() => testDriver(app).input(lines).pipe('a', 'b')).toThrow(
    'the processor of "process-0" returned a number: return a function for each record',
  );
});

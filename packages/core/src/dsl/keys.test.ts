import { describe, expect, test } from '@jest/globals';
import { within } from '@kstreams/joins';
import { double, json, nullable, string } from '@kstreams/serde';
import { entries } from '@kstreams/test-support/entries';
import { testDriver } from '@kstreams/testing';
import { planTopology, type Stream, type Streams, streams, topic } from '../index.js';

const lines = topic('lines', { key: string, value: string });
const words = topic('words', { key: string, value: string });
const counts = topic('counts', { key: string, value: double });

/** The topics through which an application's own records go. */
const repartitions = (app: Streams): string[] => planTopology(app.build()).repartitions.map(({ name }) => name);

const ends = (stream: Stream<unknown, unknown>): void => stream.forEach(() => {});

describe('a repartition topic is used if keys were changed and equal keys must be together', () => {
  test('steps that keep keys, and changed keys without a grouping, need none', () => {
    const app = streams('app');
    const stream = app
      .stream(lines)
      .filter(() => true)
      .mapValues((line) => line, { value: string })
      .flatMapValues((line) => line.split(' '), { value: string })
      .peek(() => {})
      .processValues<string>(
        (context) =>
          ({ value }) =>
            context.forward(value),
        { value: string },
      );
    stream.groupByKey().count();
    stream.toTable();
    ends(app.stream(lines).selectKey((line) => line));
    expect(repartitions(app)).toEqual([]);
  });

  test.each<[string, (stream: Stream<string, string>) => Stream<string, string>]>([
    ['selectKey', (stream) => stream.selectKey((line) => line, { key: string })],
    ['map', (stream) => stream.map((line, key) => [line, key], { key: string, value: string })],
    ['flatMap', (stream) => stream.flatMap((line, key) => [[line, key]], { key: string, value: string })],
    ['process', (stream) => stream.process(({ forward }) => forward, { key: string, value: string })],
    ['one side of a merge', (stream) => stream.merge(stream.selectKey((line) => line, { key: string }))],
  ])('%s changes keys', (_, change) => {
    const grouped = streams('app');
    change(grouped.stream(lines)).groupByKey().count({ name: 'counted' });
    expect(repartitions(grouped)).toEqual(['counted']);
    const kept = streams('app');
    change(kept.stream(lines)).toTable({ name: 'last' });
    expect(repartitions(kept)).toEqual(['last']);
    const joined = streams('app');
    change(joined.stream(lines)).join(joined.stream(words), within('1m'), (left) => left, { name: 'met' });
    expect(repartitions(joined)).toEqual(['met-left']);
  });

  test('a promise that keys stay together saves the topic, unless they were in other partitions before', () => {
    const app = streams('app');
    const initial = (line: string) => line.slice(0, 1);
    app.stream(lines).selectKey(initial, { key: string, partitioned: 'kept' }).groupByKey().count();
    expect(repartitions(app)).toEqual([]);
    const moved = app.stream(lines).selectKey((line) => line, { key: string });
    moved.selectKey(initial, { key: string, partitioned: 'kept' }).groupByKey().count({ name: 'apart' });
    expect(repartitions(app)).toEqual(['apart']);
  });

  test('readers of one rekeyed stream share its topic, which has the name of the group where it has one', () => {
    const app = streams('app');
    const group = app.stream(lines).groupBy((line) => line, { key: string, name: 'by-line' });
    group.count({ name: 'counted' });
    group.reduce((_, line) => line, { name: 'last' });
    expect(repartitions(app)).toEqual(['by-line']);
    const driver = testDriver(app);
    driver.input(lines).pipe('a', 'x', 1);
    expect(driver.writtenTopics).toEqual(['app-by-line-repartition']);
    expect(driver.output(topic('app-by-line-repartition', { key: string, value: string })).length).toBe(1);
  });

  test('repartitioned records are together: further steps by the same key need no topic', () => {
    const app = streams('app');
    const moved = app
      .stream(lines)
      .selectKey((line) => line, { key: string })
      .repartition({ name: 'moved', partitions: 3 });
    moved.groupByKey().count().toStream().groupByKey().count();
    expect(repartitions(app)).toEqual(['moved']);
    expect(planTopology(app.build()).repartitions).toMatchObject([{ name: 'moved', partitions: 3 }]);
    expect(() => moved.repartition({ partitions: 0 })).toThrow(
      'option "partitions" of repartition is 0: use a whole number',
    );
  });

  test('a null key stops at the topic and is counted as dropped', () => {
    const app = streams('app');
    app
      .stream(lines)
      .selectKey((line) => (line === '' ? null : line), { key: nullable(string) })
      .groupByKey()
      .count()
      .toStream()
      .to(counts);
    const driver = testDriver(app);
    driver.input(lines).pipe('a', '', 1);
    driver.input(lines).pipe('a', 'x', 2);
    expect(entries(driver.output(counts).read())).toEqual([['x', 1, 2]]);
    expect(driver.drops).toMatchObject([{ reason: 'null-repartition-key', count: 1 }]);
  });

  test('a table of a rekeyed stream has the last value of each new key', () => {
    const app = streams('app');
    app
      .stream(lines)
      .map((line, key) => [line.slice(0, 1), key], { key: string, value: string })
      .toTable({ name: 'last' })
      .toStream()
      .to(words);
    const driver = testDriver(app);
    driver.input(lines).pipe('k1', 'apple', 5);
    driver.input(lines).pipe('k2', 'avocado', 3);
    expect(entries(driver.output(words).read())).toEqual([
      ['a', 'k1', 5],
      ['a', 'k2', 3],
    ]);
    expect(driver.writtenTopics).toContain('app-last-repartition');
  });
});

describe('names', () => {
  const storesOf = (app: Streams): string[] =>
    planTopology(app.build()).subtopologies.flatMap(({ stores }) => stores.map(({ name }) => name));

  /** A chain of stateful steps without names, after some others. */
  const chain = (upstream: (stream: Stream<string, string>) => Stream<string, string>): Streams => {
    const app = streams('app');
    const stream = upstream(app.stream(lines));
    stream.groupByKey().count();
    stream.groupBy((line) => line, { key: string }).reduce((_, line) => line);
    stream.join(app.stream(words), within('1m'), (left) => left);
    return app;
  };

  test('a step added upstream renames no store and no topic', () => {
    const plain = chain((stream) => stream);
    const longer = chain((stream) =>
      stream
        .filter(() => true)
        .peek(() => {})
        .mapValues((line) => line, { value: string })
        .merge(stream),
    );
    expect(storesOf(plain)).toEqual(['count-0', 'join-0-left', 'join-0-right', 'reduce-0']);
    expect(storesOf(longer)).toEqual(storesOf(plain));
    expect(repartitions(longer)).toEqual(repartitions(plain));
  });

  test('one name names store, changelog and topic; a duplicate name is refused', () => {
    const app = streams('app');
    const group = app.stream(lines).groupBy((line) => line, { key: string });
    group.count({ name: 'per-line' });
    expect([storesOf(app), repartitions(app)]).toEqual([['per-line'], ['per-line']]);
    group.reduce((_, line) => line, { name: 'per-line' });
    expect(() => app.build()).toThrow('two nodes are named "per-line": give one another name');
  });
});

describe('a merge of streams', () => {
  const ids = topic('ids', { key: json<string>(), value: string });

  test('with two key serdes is repartitioned before a step with state, since equal keys have other bytes', () => {
    const app = streams('app');
    const merged = app.stream(words).merge(app.stream(ids));
    expect(() => merged.groupByKey().count()).toThrow('needs a serde for the key (changed by merge-0)');
    merged.with({ key: string }).groupByKey().count({ name: 'counts' });
    expect(planTopology(app.build()).subtopologies).toHaveLength(2);
  });

  test('with one key serde stays in its partitions', () => {
    const app = streams('app');
    app.stream(words).merge(app.stream(lines)).groupByKey().count({ name: 'counts' });
    expect(planTopology(app.build()).subtopologies).toHaveLength(1);
  });
});

import { describe, expect, test } from '@jest/globals';
import { double, string } from '@kstreams/serde';
import fc from 'fast-check';
import { type Stream, type Streams, streams, TopologyBuilder, topic } from '../index.js';

const words = topic('words', { key: string, value: string });

/** A step of a chain; those that keep something are unnamed, and so named by their kind and number. */
type Step =
  | 'filter'
  | 'mapValues'
  | 'peek'
  | 'flatMapValues'
  | 'setHeaders'
  | 'count'
  | 'reduce'
  | 'toTable'
  | 'rekey'
  | 'repartition';
const stateless: readonly Step[] = ['filter', 'mapValues', 'peek', 'flatMapValues', 'setHeaders'];
const stateful: readonly Step[] = ['count', 'reduce', 'toTable', 'rekey', 'repartition'];

const apply: Readonly<Record<Step, (from: Stream<string, string>) => Stream<string, string>>> = {
  filter: (from) => from.filter(() => true),
  mapValues: (from) => from.mapValues((value) => value, { value: string }),
  peek: (from) => from.peek(() => {}),
  flatMapValues: (from) => from.flatMapValues((value) => [value], { value: string }),
  setHeaders: (from) => from.setHeaders((headers) => headers),
  count: (from) =>
    from
      .groupByKey()
      .count({ value: double })
      .toStream()
      .mapValues((n) => `${n}`, { value: string }),
  reduce: (from) =>
    from
      .groupByKey()
      .reduce((aggregate) => aggregate)
      .toStream()
      .mapValues((value) => `${value}`, { value: string }),
  toTable: (from) => keptTable(from),
  rekey: (from) => from.selectKey((value) => value, { key: string }),
  repartition: (from) => from.repartition(),
};

const outliving = (steps: readonly Step[], branches: readonly (readonly Step[])[]) => {
  const app: Streams = streams('app');
  const through = (from: Stream<string, string>, by: readonly Step[]) =>
    by.reduce((aggregate, step) => apply[step](aggregate), from);
  const trunk = through(app.stream(words), steps);
  for (const branch of branches) through(trunk, branch);
  const { internalTopics, subtopologies } = app.describe().toJSON();
  return {
    stores: subtopologies.flatMap(({ stores }) => stores.map(({ name }) => name)).sort(),
    topics: internalTopics.map(({ name }) => name).sort(),
  };
};

/** Stores the rows by reading old values. */
const keptTable = (from: Stream<string, string>): Stream<string, string> => {
  const table = from.toTable();
  table.groupBy((value, key) => [value, key], { key: string, value: string }).count();
  return table.toStream().mapValues((value) => `${value}`, { value: string });
};

const step = fc.constantFrom(...stateless, ...stateful);
const chain = fc.array(step, { maxLength: 6 });

describe('names', () => {
  test('a stateless step added upstream changes no name of a store or topic', () => {
    fc.assert(
      fc.property(
        chain,
        fc.array(chain, { maxLength: 3 }),
        fc.constantFrom(...stateless),
        fc.nat(),
        (trunk, branches, added, at) => {
          const before = outliving(trunk, branches);
          const place = at % (trunk.length + 1);
          const after = outliving([...trunk.slice(0, place), added, ...trunk.slice(place)], branches);
          expect(after).toEqual(before);
        },
      ),
      { numRuns: 2_000 },
    );
  });

  test('unnamed steps are refused if names are required, with the place to name them', () => {
    const build = (name: string | undefined) => {
      const app = streams('app', { names: 'required' });
      app
        .stream(words)
        .groupBy((word) => word, { key: string })
        .count({ name });
      return app;
    };
    expect(() => build(undefined).describe()).toThrow(
      'names are required for stores and repartition topics: ' +
        'repartition count-0: give count-0 a name; store count-0: give count-0 a name',
    );
    expect(build('counts').describe().toJSON().unnamed).toEqual([]);
    const builder = new TopologyBuilder('low', { names: 'required' });
    builder.addSource('in', words);
    expect(builder.describe().toJSON().unnamed).toEqual([]);
  });
});

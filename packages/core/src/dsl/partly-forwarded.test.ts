/** Tables whose change may reach a join before it is forwarded to the join's other side. */
import { expect, test } from '@jest/globals';
import { int32, string } from '@kstreams/serde';
import { planTopology } from '../graph/index.js';
import { type Streams, streams, type Table, topic } from '../index.js';

type Numbers = Table<string, number>;
const options = { value: int32 };
const add = (left: number | undefined, right: number | undefined): number => (left ?? 0) + (right ?? 0);
const source = (app: Streams, name: string, named: { name?: string } = {}): Numbers =>
  app.table(topic(name, { key: string, value: int32 }), named);
const positive = (table: Numbers, name?: string): Numbers =>
  table.filter((value) => value > 0, name === undefined ? {} : { name });
const regrouped = (table: Numbers): Numbers =>
  table.groupBy((value, key) => [key, value], { key: string, value: int32 }).count(options);

/** Returns the marked tables, and the number of stores. */
const planned = (build: (app: Streams) => unknown) => {
  const app = streams('app');
  build(app);
  const nodes = planTopology(app.build()).subtopologies.flatMap((one) => one.nodes);
  return nodes.flatMap((node) => (node.kind === 'processor' && node.partlyForwarded ? [node.id] : []));
};

test.each<[string, (app: Streams) => unknown, readonly string[]]>([
  ['none of two joined tables', (app) => source(app, 'a').join(source(app, 'b'), add, options), []],
  [
    'a table joined with itself',
    (app) => {
      const table = source(app, 'a');
      table.outerJoin(table, add, options);
    },
    ['table-0'],
  ],
  [
    'a table with filters on both sides',
    (app) => {
      const table = source(app, 'a');
      positive(table).join(positive(table, 'kept'), add, options);
    },
    ['table-0'],
  ],
  [
    'a mapper, not the table above it',
    (app) => {
      const mapped = source(app, 'a').mapValues((value) => value + 1, options);
      positive(mapped).join(mapped, add, options);
    },
    ['table-map-values-0'],
  ],
  [
    'the table that two joins read',
    (app) => {
      const [left, right] = [source(app, 'a'), source(app, 'b')];
      left.join(right, add, options).leftJoin(right, add, options);
    },
    ['table-1'],
  ],
  [
    'none where one side goes through a topic',
    (app) => {
      const table = source(app, 'a');
      table.join(regrouped(table), add, options);
    },
    [],
  ],
  [
    'none that a stream of it joins',
    (app) => {
      const table = source(app, 'a');
      table.toStream().groupByKey().count(options).join(source(app, 'b'), add, options);
    },
    [],
  ],
])('are: %s', (_, build, expected) => {
  expect(planned(build)).toEqual(expected);
});

import { describe, expect, test } from '@jest/globals';
import { planTopology, type Streams, streams, topic } from '@kstreams/core';
import { string } from '@kstreams/serde';
import { conflictWith, startOf, topologyLabel } from './topology-label.js';

const named = (name: string) => topic(name, { key: string, value: string });

const planOf = (build: (app: Streams) => unknown) => {
  const app = streams('app');
  build(app);
  return planTopology(app.build());
};

const copyInto = (app: Streams, from: string, to: string): void => app.stream(named(from)).to(named(to));

const copy = (from: string, ...to: readonly string[]) =>
  planOf((app) => to.map((one) => app.stream(named(from)).to(named(one))));
const count = (from: string, ...stores: readonly string[]) =>
  planOf((app) => {
    const grouped = app.stream(named(from)).groupByKey();
    for (const name of stores) grouped.count({ name });
  });

const conflict = (older: ReturnType<typeof planOf>, newer: ReturnType<typeof planOf>) =>
  conflictWith(newer, topologyLabel(older, 0));

describe('processes of two topologies may share a group if', () => {
  test.each([
    ['they are the same', count('a', 'x'), count('a', 'x')],
    [
      'functions differ',
      planOf((app) =>
        app
          .stream(named('a'))
          .filter(() => true)
          .to(named('b')),
      ),
      copy('a', 'b'),
    ],
    ['one has more outputs', copy('a', 'b'), copy('a', 'b', 'c')],
    ['one has more stores', count('a', 'x'), count('a', 'x', 'y')],
    [
      'one has more sub-topologies',
      copy('a', 'a-copy'),
      planOf((app) => ['a', 'c'].map((from) => copyInto(app, from, `${from}-copy`))),
    ],
    [
      'one repartitions more',
      copy('a', 'b'),
      planOf((app) => {
        copyInto(app, 'a', 'b');
        app
          .stream(named('a'))
          .groupBy((value) => value, { key: string })
          .count({ name: 'x' });
      }),
    ],
    [
      'they read one pattern',
      planOf((app) => app.stream({ pattern: /a-.*/, key: string, value: string }).to(named('b'))),
      planOf((app) => app.stream({ pattern: /a-.*/, key: string, value: string }).to(named('b'))),
    ],
  ])('%s', (_, older, newer) => {
    expect(conflict(older, newer)).toBeUndefined();
    expect(conflict(newer, older)).toBeUndefined();
  });
});

describe('processes of two topologies conflict if', () => {
  test.each([
    ['they write one changelog from two sources', count('a', 'x'), count('b', 'x'), 'changelog', 'app-x-changelog'],
    ['they divide a source for different outputs', copy('a', 'b'), copy('a', 'c'), 'source', 'a'],
    ['they divide a source for different stores', count('a', 'x'), count('a', 'y'), 'source', 'a'],
    [
      'one of them reads a source together with another one',
      copy('a', 'b'),
      planOf((app) =>
        app
          .stream(named('a'))
          .merge(app.stream(named('c')))
          .to(named('b')),
      ),
      'source',
      'a',
    ],
  ])('%s', (_, older, newer, kind, where) => {
    expect(conflict(older, newer)).toEqual({ kind, topic: where });
    expect(conflict(newer, older)).toMatchObject({ kind });
  });
});

test('a label has the second of the start, and only characters that a client id may have', () => {
  const label = topologyLabel(count('a', 'x'), 1_700_000_000_999);
  expect(startOf(label)).toBe(1_700_000_000);
  expect(label).toMatch(/^[\w.:-]+$/);
});

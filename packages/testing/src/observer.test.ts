import { describe, expect, test } from '@jest/globals';
import { streams } from '@kstreams/core/dsl';
import { type Context, type Observer, observers, topic } from '@kstreams/core/graph';
import { keyValue, timers } from '@kstreams/core/state';
import { double, json, string } from '@kstreams/serde';
import { tumbling } from '@kstreams/windowing';
import { testDriver } from './index.js';

const words = topic('words', { key: string, value: string });
const counts = topic('counts', { key: string, value: double });

/** An observer that records every call. */
const noting = () => {
  const notes: string[] = [];
  const observer: Required<Omit<Observer, 'committed'>> = {
    opened: ({ id }) => notes.push(`opened ${id}`),
    began: ({ source }, work, node) => notes.push(`began ${work} ${node} ${source.topic}/${source.offset}`),
    forwarded: ({ from, to }, { value }) => notes.push(`${from} > ${to} ${JSON.stringify(value)}`),
    processed: ({ from, to }) => notes.push(`${from} < ${to}`),
    row: ({ spec }, { after, before, how, key, node }) =>
      notes.push(`${node} ${how} ${spec.name} ${JSON.stringify(key)}: ${JSON.stringify([before, after])}`),
    dropped: (_, node, reason) => notes.push(`${node} dropped ${reason}`),
    sent: (_, { topic: to, partition }) => notes.push(`sent ${to}/${partition}`),
    ended: (_, outcome) => notes.push(`ended ${outcome}`),
    closed: ({ id }) => notes.push(`closed ${id}`),
  };
  return { notes, observer };
};

const counting = () => {
  const app = streams('app');
  app
    .stream(words, { name: 'in' })
    .groupByKey()
    .count({ name: 'count' })
    .toStream({ name: 'rows' })
    .to(counts as never, { name: 'out' });
  return app;
};

describe('an observer', () => {
  test('sees edges, rows with their values before and after, output, and the lifecycle of the task', async () => {
    const { notes, observer } = noting();
    const driver = testDriver(counting(), { observer });
    driver.input(words).pipe('a', 'x', 1);
    driver.input(words).pipe('a', 'x', 2);
    await driver.close();
    const once = (offset: number, before: number | null) => [
      `began record in words/${offset}`,
      'in > count "x"',
      `count read count "a": [${before},${before}]`,
      `count write count "a": [${before},${(before ?? 0) + 1}]`,
      `count > rows ${JSON.stringify({ after: (before ?? 0) + 1, known: false, latest: true })}`,
      `rows > out ${(before ?? 0) + 1}`,
      'sent counts/0',
      'rows < out',
      'count < rows',
      'in < count',
      'ended kept',
    ];
    expect(notes).toEqual(['opened 0_0', ...once(0, null), ...once(1, 1), 'closed 0_0']);
  });

  test('sees rollbacks, drops and the punctuation that caused them', () => {
    const { notes, observer } = noting();
    const [seen, due] = [keyValue('seen', { key: string, value: string }), timers('due', { key: string })];
    const app = streams('app');
    app.stream(words, { name: 'in' }).process(
      (context: Context<string, string>) => {
        const [rows, timer] = [context.store(seen), context.timers(due, (key) => rows.delete(key, 0))];
        return ({ key, value, timestamp }) => {
          rows.put(key, value, timestamp);
          timer.set(key, timestamp);
          if (value === 'late') context.drop('late');
          if (value === 'broken') throw new Error('broken');
        };
      },
      { stores: [seen, due], name: 'keep' },
    );
    const driver = testDriver(app, { observer, onError: () => 'skip' });
    driver.input(words).pipe('a', 'broken', 1);
    driver.input(words).pipe('a', 'late', 1);
    expect(notes.slice(1)).toEqual([
      'began record in words/0',
      'in > keep "broken"',
      'keep write seen "a": [null,"broken"]',
      'keep write due "a": [null,{"at":1}]',
      'ended rolled-back',
      'keep dropped skipped-by-policy',
      'began record in words/1',
      'in > keep "late"',
      'keep write seen "a": [null,"late"]',
      'keep write due "a": [null,{"at":1}]',
      'in < keep',
      'keep dropped late',
      'ended kept',
      'began punctuation keep /-1',
      'keep write due "a": [{"at":1},null]',
      'keep write seen "a": ["late",null]',
      'ended kept',
    ]);
  });

  test('gets windows by key, start and end, and values that never change afterwards', () => {
    const told: unknown[] = [];
    const app = streams('app');
    app
      .stream(words)
      .groupByKey()
      .window(tumbling(10))
      .aggregate(
        (): string[] => [],
        (all, word) => {
          all.push(word);
          return all;
        },
        { value: json<string[]>() },
      );
    const row: Observer['row'] = (_, { after, before, how, key }) => how === 'write' && told.push([key, before, after]);
    const driver = testDriver(app, { observer: { row }, freeze: false });
    for (const word of ['x', 'y']) driver.input(words).pipe('a', word, 15);
    const window = { key: 'a', start: 10, end: 20 };
    expect(told).toEqual([
      [window, undefined, ['x']],
      [window, ['x'], ['x', 'y']],
    ]);
  });

  test('gets each edge, store and task as one object, usable as a key', () => {
    const edges = new Map<unknown, number>();
    const tasks = new Set<unknown>();
    const observer: Observer = {
      forwarded: (edge) => {
        edges.set(edge, (edges.get(edge) ?? 0) + 1);
        tasks.add(edge.task);
      },
      row: ({ task }) => tasks.add(task),
    };
    const driver = testDriver(counting(), { observer });
    for (let i = 0; i < 5; i++) driver.input(words).pipe('a', 'x', i);
    expect([...edges.values()]).toEqual([5, 5, 5]);
    expect(tasks.size).toBe(1);
  });

  test('sees the rows of global tables, in the task `global`', () => {
    const { notes, observer } = noting();
    const app = streams('app');
    const names = topic('names', { key: string, value: string });
    app.globalTable(names, { name: 'names' });
    const driver = testDriver(app, { observer });
    driver.input(names).pipe('a', 'Ann', 1);
    expect(notes).toEqual(['began record names names/0', 'names write names "a": [null,"Ann"]', 'ended kept']);
  });

  test('fails the observed node when it throws', () => {
    const observer: Observer = {
      forwarded: ({ to }) => {
        if (to === 'rows') throw new Error('no');
      },
    };
    const driver = testDriver(counting(), { observer });
    expect(() => driver.input(words).pipe('a', 'x', 1)).toThrow(/node "rows" failed: no/);
  });
});

test('several observers run in their order', () => {
  const told: string[] = [];
  const one = (name: string): Observer => ({
    began: () => told.push(`${name} began`),
    ended: () => told.push(`${name} ended`),
  });
  const driver = testDriver(counting(), {
    observer: observers(one('a'), { opened: () => told.push('opened') }, one('b')),
  });
  driver.input(words).pipe('k', 'x', 1);
  expect(told).toEqual(['opened', 'a began', 'b began', 'a ended', 'b ended']);
  expect(observers()).toEqual({});
});

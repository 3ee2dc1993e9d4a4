import { describe, expect, test } from '@jest/globals';
import { double, string } from '@kstreams/serde';
import { testDriver } from '@kstreams/testing';
import { type Intercept, streams, topic } from '../index.js';

const words = topic('words', { key: string, value: string });
const out = topic('out', { key: string, value: double });

const counting = (fails: (word: string) => boolean = () => false) => {
  const app = streams('app');
  app
    .stream(words)
    .mapValues(
      (word) => {
        if (fails(word)) throw new Error(`no ${word}`);
        return word;
      },
      { name: 'map' },
    )
    .groupByKey()
    .count({ name: 'count' })
    .toStream({ name: 'rows' })
    .to(out as never);
  return app;
};

describe('interceptors', () => {
  test('are created once per node and task, and called before and after each record', () => {
    const told: string[] = [];
    const asked: string[] = [];
    const intercept: Intercept = ({ id, operator, task }) => {
      asked.push(`${id} ${operator} ${task.id}`);
      if (id === 'rows') return undefined;
      return {
        before: ({ value }) => told.push(`${id} < ${JSON.stringify(value)}`),
        after: () => told.push(`${id} >`),
      };
    };
    const driver = testDriver(counting(), { intercept });
    driver.input(words).pipe('a', 'x', 1);
    driver.input(words).pipe('a', 'y', 2);
    expect(asked).toEqual(['rows to-stream 0_0', 'count count 0_0', 'map map-values 0_0']);
    const once = (word: string, count: number) =>
      [`map < "${word}"`, `count < "${word}"`, 'count >', 'map >'].map((line) => (count > 0 ? line : ''));
    expect(told).toEqual([...once('x', 1), ...once('y', 2)]);
    expect(
      driver
        .output(out)
        .read()
        .map(({ value }) => value),
    ).toEqual([1, 2]);
  });

  test('receive the errors of their node only, and may replace them', () => {
    const heard: string[] = [];
    const intercept: Intercept = ({ id }) => ({
      onError: (thrown) => {
        heard.push(`${id}: ${(thrown as Error).message}`);
        return id === 'map' ? new Error('instead', { cause: thrown }) : undefined;
      },
    });
    const driver = testDriver(
      counting((word) => word === 'bad'),
      { intercept },
    );
    expect(() => driver.input(words).pipe('a', 'bad', 1)).toThrow(/node "map" failed: instead/);
    const deep: Intercept = ({ id }) => ({
      before: ({ value }) => {
        if (id === 'rows') throw new Error(`denied ${JSON.stringify(value)}`);
      },
      onError: (thrown) => void heard.push(`${id}: ${(thrown as Error).message.slice(0, 6)}`),
    });
    expect(() => testDriver(counting(), { intercept: deep }).input(words).pipe('a', 'x', 1)).toThrow(
      /node "rows" failed: denied/,
    );
    expect(heard).toEqual(['map: no bad', 'rows: denied']);
  });

  test('errors of `before` reach the error policy', () => {
    const intercept: Intercept = ({ id }) =>
      id === 'count'
        ? {
            before: ({ key }) => {
              if (key === 'eve') throw new Error('not eve');
            },
          }
        : undefined;
    const driver = testDriver(counting(), { intercept, onError: () => 'skip' });
    for (const key of ['eve', 'bob']) driver.input(words).pipe(key, 'x', 1);
    expect(
      driver
        .output(out)
        .read()
        .map(({ key }) => key),
    ).toEqual(['bob']);
    expect(driver.drops).toEqual([{ node: 'count', reason: 'skipped-by-policy', count: 1 }]);
  });
});

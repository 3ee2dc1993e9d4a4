import { describe, expect, test } from '@jest/globals';
import { json, string } from '@kstreams/serde';
import { testDriver } from '@kstreams/testing';
import { tumbling } from '@kstreams/windowing';
import { type OnError, streams, type Table, topic } from '../../index.js';

/** Aggregators that change their aggregate in place: no other reader may see the change. */
const words = topic('words', { key: string, value: string });
const sums = topic('sums', { key: string, value: json<string[]>() });
const list = json<string[]>();

const push = (aggregate: string[], word: string): string[] => {
  aggregate.push(word);
  if (word === 'broken') throw new Error('broken');
  return aggregate;
};
const remove = (aggregate: string[], word: string): string[] => {
  const at = aggregate.indexOf(word);
  if (at >= 0) aggregate.splice(at, 1);
  return aggregate;
};

type Build = (app: ReturnType<typeof streams>) => Table<unknown, string[]>;
const aggregations: readonly (readonly [name: string, build: Build])[] = [
  [
    'of a stream',
    (app) =>
      app
        .stream(words)
        .groupByKey()
        .aggregate(() => [] as string[], push, { value: list }),
  ],
  [
    'of windows',
    (app) =>
      app
        .stream(words)
        .groupByKey()
        .window(tumbling('1h'))
        .aggregate(() => [] as string[], push, { value: list }),
  ],
  [
    'of rows',
    (app) =>
      app
        .table(words)
        .groupBy((word) => ['all', word], { key: string, value: string })
        .aggregate(() => ['zero'], push, remove, { value: list }),
  ],
];

describe.each(aggregations)('an aggregate %s that is changed in place', (_, build) => {
  test('leaves the one before, which a reader of changes is shown, as it was', () => {
    const app = streams('app');
    build(app)
      .groupBy((words) => ['group', words.join()], { key: string, value: string })
      .aggregate(
        () => [] as string[],
        (aggregate, after) => [...aggregate, `+${after}`],
        (aggregate, before) => [...aggregate, `-${before}`],
        { value: list },
      )
      .toStream()
      .to(sums);
    const driver = testDriver(app, { freeze: false });
    for (const [i, word] of ['a', 'b', 'c'].entries()) driver.input(words).pipe('k', word, i);
    const last = driver.output(sums).read().at(-1)?.value as string[];
    // Each value that was taken out is one that was put in, as it was then.
    const put = last.filter((one) => one.startsWith('+')).map((one) => one.slice(1));
    const taken = last.filter((one) => one.startsWith('-')).map((one) => one.slice(1));
    expect(taken).toEqual(put.slice(0, -1));
    expect(new Set(put).size).toBe(put.length);
  });

  test('is as it was after a record that was skipped', () => {
    const skip: OnError = () => 'skip';
    const app = streams('app');
    build(app)
      .toStream()
      .selectKey(() => 'k')
      .with({ key: string })
      .to(sums as never);
    const driver = testDriver(app, { freeze: false, onError: skip });
    for (const [i, word] of ['a', 'broken', 'c'].entries()) driver.input(words).pipe('k', word, i);
    expect(driver.dropped('skipped-by-policy')).toBe(1);
    const last = driver.output(sums).read().at(-1)?.value;
    expect(last).not.toContain('broken');
    expect(last).toContain('c');
  });
});

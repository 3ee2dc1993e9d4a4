/** The driver refuses the topics and partitions that no log accepts, and reads everything that a topology writes. */
import { describe, expect, test } from '@jest/globals';
import { streams } from '@kstreams/core/dsl';
import { type OnError, topic } from '@kstreams/core/graph';
import { string } from '@kstreams/serde';
import { testDriver } from './index.js';

const lines = topic('lines', { key: string, value: string });
const out = topic('out', { key: string, value: string });
const dead = topic('dead', { key: string, value: string });

const invalid = ['', undefined, null, 5, '.', '..', 'a/b', 'x'.repeat(250)] as const;

test.each(invalid)('a record routed to topic %p fails', (name) => {
  const app = streams('app');
  app.stream(lines).to({ choose: () => name as string, key: string, value: string });
  const driver = testDriver(app);
  expect(() => driver.input(lines).pipe('a', 'one')).toThrow(/is not a topic name: use 1 to 249 of the characters/);
  expect(driver.writtenTopics).toEqual([]);
});

test.each(invalid)('a dead letter for topic %p fails', (name) => {
  const app = streams('app');
  app.stream(lines).mapValues(() => {
    throw new Error('no');
  });
  const driver = testDriver(app, { onError: () => ({ deadLetter: name as string }) });
  expect(() => driver.input(lines).pipe('a', 'one')).toThrow(/is not a topic name/);
});

describe('a partitioner', () => {
  const pipe = (chosen: unknown) => {
    const app = streams('app');
    app.stream(lines).to(out, { partitioner: () => chosen as number });
    const driver = testDriver(app);
    driver.input(lines).pipe('a', 'one');
    return driver.output(out).length;
  };

  test.each([1, 7, -1, 0.5, Number.NaN, '0', null])('cannot choose %p of one partition', (chosen) => {
    const refused = `the partitioner chose partition ${chosen} of topic "out": return one from 0 to 0`;
    if (chosen !== null) expect(() => pipe(chosen)).toThrow(refused);
    expect(() => pipe([0, chosen])).toThrow(refused);
  });

  test('can choose one, several, none or the default', () => {
    expect([pipe(0), pipe([0, 0]), pipe([]), pipe(undefined)]).toEqual([1, 2, 0, 1]);
  });
});

test("dead letters of a step's own policy are read", async () => {
  const app = streams('app');
  const onError: OnError = () => ({ deadLetter: 'dead' });
  app.stream(lines).forEachAsync(() => Promise.reject(new Error('no')), { onError });
  const driver = testDriver(app);
  const letters = driver.output(dead);
  driver.input(lines).pipe('a', 'one');
  await driver.settled();
  expect(letters.read().map(({ key, value }) => [key, value])).toEqual([['a', 'one']]);
});

test('a call that begins within `advance` has its whole timeout before it', async () => {
  const app = streams('app');
  const attempts: AbortSignal[] = [];
  app.stream(lines).forEachAsync(
    (_, __, { attempt, signal }) => {
      attempts.push(signal);
      return attempt === 1 ? Promise.reject(new Error('no')) : new Promise(() => {});
    },
    { timeout: '2s', retry: { attempts: 2, backoff: '1s' } },
  );
  const driver = testDriver(app);
  driver.input(lines).pipe('a', 'one');
  await driver.settled();
  driver.advance('1m');
  expect(attempts.map(({ aborted }) => aborted)).toEqual([false, false]);
  driver.advance(1_999);
  expect(attempts.at(-1)?.aborted).toBe(false);
  expect(() => driver.advance(1)).toThrow('the call took longer than 2000 ms');
});

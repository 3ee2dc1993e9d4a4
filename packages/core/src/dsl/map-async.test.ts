import { describe, expect, test } from '@jest/globals';
import { double, json, string } from '@kstreams/serde';
import { deferredCalls } from '@kstreams/test-support/deferred-calls';
import { entries } from '@kstreams/test-support/entries';
import { testDriver } from '@kstreams/testing';
import { type AsyncCall, type OnError, streams, topic } from '../index.js';

const lines = topic('lines', { key: string, value: string });
const lengths = topic('lengths', { key: string, value: double });
const words = topic('words', { key: string, value: string });

const setUp = (build: (app: ReturnType<typeof streams>) => void, onError?: OnError) => {
  const app = streams('app');
  build(app);
  const driver = testDriver(app, { onError });
  return { driver, input: driver.input(lines) };
};

describe('mapAsync', () => {
  test('forwards results with key and timestamp; calls of equal keys run one after another', async () => {
    const calls = deferredCalls<number>();
    const { driver, input } = setUp((app) => app.stream(lines).mapAsync(calls.call, { value: double }).to(lengths));
    input.pipe('a', 'one', 1);
    input.pipe('a', 'three', 2);
    input.pipe('b', 'two', 3);
    expect(calls.begun).toEqual(['one', 'two']);
    await calls.resolve('two', 2);
    await calls.resolve('one', 1);
    expect(calls.begun).toEqual(['one', 'two', 'three']);
    await calls.resolve('three', 3);
    await driver.settled();
    expect(entries(driver.output(lengths).read())).toEqual([
      ['b', 2, 3],
      ['a', 1, 1],
      ['a', 3, 2],
    ]);
  });

  test('in the order of the partition calls run one after another; without order only the concurrency limits them', () => {
    for (const [order, begun] of [
      ['partition', ['one']],
      ['none', ['one', 'three']],
    ] as const) {
      const calls = deferredCalls<number>();
      const options = { order, concurrency: 2, value: double };
      const { input } = setUp((app) => app.stream(lines).mapAsync(calls.call, options).to(lengths));
      input.pipe('a', 'one');
      input.pipe('a', 'three');
      input.pipe('b', 'two');
      expect(calls.begun).toEqual(begun);
    }
  });

  test('a failed call is retried after its backoff, holding up only its key', async () => {
    const calls = deferredCalls<number>();
    const retry = { attempts: 3, backoff: (attempt: number) => attempt * 100 };
    const { driver, input } = setUp((app) =>
      app.stream(lines).mapAsync(calls.call, { retry, value: double }).to(lengths),
    );
    input.pipe('a', 'one', 1);
    input.pipe('a', 'three', 2);
    await calls.reject('one');
    input.pipe('b', 'two', 3);
    await calls.resolve('two', 2);
    await driver.settled();
    driver.advance(99);
    expect(calls.begun).toEqual(['one', 'two']);
    driver.advance(1);
    expect(calls.begun).toEqual(['one', 'two', 'one']);
    await calls.reject('one');
    driver.advance(200);
    await calls.resolve('one', 1);
    await calls.resolve('three', 3);
    await driver.settled();
    expect(entries(driver.output(lengths).read()).map(([, length]) => length)).toEqual([2, 1, 3]);
  });

  test.each([Number.NaN, -1, 'soon', undefined])(
    'a backoff that returns %p fails the record, by policy',
    async (pause) => {
      const retry = { attempts: 3, backoff: () => pause as number };
      const errors: string[] = [];
      const onError: OnError = ({ error }) => {
        errors.push(error.reason);
        return 'skip';
      };
      const { driver, input } = setUp(
        (app) =>
          app
            .stream(lines)
            .mapAsync(() => Promise.reject(new Error('no')), { retry, value: double })
            .to(lengths),
        onError,
      );
      input.pipe('a', 'one');
      input.pipe('a', 'two');
      await driver.settled();
      const given = typeof pause === 'string' ? JSON.stringify(pause) : String(pause);
      const reason = expect.stringContaining(`the backoff of mapAsync is ${given}, which is not a duration`);
      expect(errors).toEqual([reason, reason]);
    },
  );

  test('a timeout aborts the signal and counts as a failure', async () => {
    const signals: AbortSignal[] = [];
    const hang = (_: string, __: string, { signal }: AsyncCall): Promise<number> => {
      signals.push(signal);
      return new Promise(() => {});
    };
    const { driver, input } = setUp((app) =>
      app.stream(lines).mapAsync(hang, { timeout: '2s', value: double }).to(lengths),
    );
    input.pipe('a', 'one');
    driver.advance(1_999);
    expect(signals.map(({ aborted }) => aborted)).toEqual([false]);
    expect(() => driver.advance(1)).toThrow('node "map-async-0" failed: the call took longer than 2000 ms');
    expect(signals.map(({ aborted }) => aborted)).toEqual([true]);
  });

  test('perSecond limits the calls that begin within one second', () => {
    const calls = deferredCalls<number>();
    const options = { perSecond: 2, order: 'none', value: double } as const;
    const { driver, input } = setUp((app) => app.stream(lines).mapAsync(calls.call, options).to(lengths));
    for (const word of ['1', '2', '3', '4', '5']) input.pipe('a', word);
    expect(calls.begun.length).toBe(2);
    driver.advance(999);
    expect(calls.begun.length).toBe(2);
    driver.advance(1);
    expect(calls.begun.length).toBe(4);
  });

  test('a final failure goes to the policy of the step, or to that of the application', async () => {
    const failures: unknown[] = [];
    const skip: OnError = ({ attempt, error, record }) => {
      failures.push([error.message, error.location.offset, record?.offset, attempt]);
      return 'skip';
    };
    const fails = () => Promise.reject(new Error('no'));
    for (const [own, common] of [
      [skip, undefined],
      [undefined, skip],
    ] as const) {
      const { driver, input } = setUp(
        (app) => app.stream(lines).mapAsync(fails, { name: 'ask', onError: own, value: double }).to(lengths),
        common,
      );
      input.pipe('a', 'one');
      await driver.settled();
      expect(driver.dropped('skipped-by-policy')).toBe(1);
    }
    expect(failures).toEqual([
      ['node "ask" failed: no (node ask, task 0_0, topic lines, partition 0, offset 0)', 0, 0, 1],
      ['node "ask" failed: no (node ask, task 0_0, topic lines, partition 0, offset 0)', 0, 0, 1],
    ]);
  });

  test('a policy may retry the call, while other keys continue', async () => {
    const calls = deferredCalls<number>();
    const onError: OnError = () => ({ retryAfter: '1s' });
    const { driver, input } = setUp((app) =>
      app.stream(lines).mapAsync(calls.call, { onError, value: double }).to(lengths),
    );
    input.pipe('a', 'one', 1);
    await calls.reject('one');
    await driver.settled();
    input.pipe('b', 'two', 2);
    await calls.resolve('two', 2);
    driver.advance('1s');
    await calls.resolve('one', 1);
    await driver.settled();
    expect(entries(driver.output(lengths).read())).toEqual([
      ['b', 2, 2],
      ['a', 1, 1],
    ]);
  });

  test('impossible settings are refused in the call', () => {
    const stream = streams('app').stream(lines);
    const call = async () => 1;
    expect(() => stream.mapAsync(call, { concurrency: 0 })).toThrow(
      'option "concurrency" of mapAsync is 0: use a whole number of at least 1',
    );
    expect(() => stream.mapAsync(call, { name: 'ask', retry: { attempts: 0.5 } })).toThrow(
      'option "retry.attempts" of mapAsync is 0.5',
    );
    expect(() => stream.mapBatch(async (values) => values, { maxSize: -1 })).toThrow(
      'option "maxSize" of mapBatch is -1',
    );
  });
});

test('flatMapAsync, filterAsync and forEachAsync forward many, some and no records', async () => {
  const acts: string[] = [];
  const { driver, input } = setUp((app) => {
    const all = app
      .stream(lines)
      .flatMapAsync(async (line) => line.split(' '), { value: string })
      .filterAsync(async (word) => word.length > 1);
    all.to(words);
    all.forEachAsync(async (word, key) => acts.push(`${key} ${word}`));
  });
  input.pipe('a', 'to be or x', 1);
  await driver.settled();
  expect(entries(driver.output(words).read())).toEqual([
    ['a', 'to', 1],
    ['a', 'be', 1],
    ['a', 'or', 1],
  ]);
  expect(acts).toEqual(['a to', 'a be', 'a or']);
});

test('keys that are objects are compared by their bytes, and refused without a serde', () => {
  const calls = deferredCalls<string>();
  const initials = (app: ReturnType<typeof streams>) =>
    app.stream(lines).selectKey((line) => ({ initial: line.charAt(0) }));
  const { input } = setUp((app) => initials(app).with({ key: json<{ initial: string }>() }).forEachAsync(calls.call));
  input.pipe('a', 'one');
  input.pipe('a', 'other');
  input.pipe('a', 'two');
  expect(calls.begun).toEqual(['one', 'two']);
  const blind = setUp((app) => initials(app).forEachAsync(calls.call));
  expect(() => blind.input.pipe('a', 'one')).toThrow(
    "forEachAsync cannot compare keys that are objects: add .with({ key }) before it, or { order: 'none' }",
  );
});

/** The laws of async steps under any latencies, failures and retries; time is handed in. */
import { describe, expect, test } from '@jest/globals';
import { string } from '@kstreams/serde';
import { deferredCalls } from '@kstreams/test-support/deferred-calls';
import { testDriver } from '@kstreams/testing';
import fc from 'fast-check';
import { type CallOrder, streams, topic } from '../index.js';

const input = topic('input', { key: string, value: string });
const output = topic('output', { key: string, value: string });

/** A step of the test: a record arrives, an open call ends, or time advances. */
const steps = fc.array(
  fc.oneof(
    fc.record({ kind: fc.constant('pipe' as const), key: fc.constantFrom('a', 'b', 'c') }),
    fc.record({ kind: fc.constant('end' as const), which: fc.nat(20), fails: fc.boolean() }),
    fc.record({ kind: fc.constant('wait' as const), ms: fc.integer({ min: 1, max: 150 }) }),
  ),
  { maxLength: 80 },
);

const concurrency = 3;

/** Runs the steps, then ends all calls; returns the inputs and outputs. */
const play = async (all: typeof steps extends fc.Arbitrary<infer T> ? T : never, order: CallOrder) => {
  const calls = deferredCalls<string>();
  const open: string[] = [];
  const begin = (value: string): Promise<string> => {
    open.push(value);
    expect(open.length).toBeLessThanOrEqual(concurrency);
    const lanes = open.map((one) => (order === 'key' ? one.charAt(0) : order === 'partition' ? '' : one));
    expect(new Set(lanes).size).toBe(lanes.length);
    return calls.call(value);
  };
  const app = streams('app');
  const retry = { attempts: 1_000, backoff: '100ms' } as const;
  app.stream(input).mapAsync(begin, { order, concurrency, retry, value: string }).to(output);
  const driver = testDriver(app);
  const end = async (which: number, fails: boolean): Promise<void> => {
    const [value] = open.splice(which % Math.max(1, open.length), 1);
    if (value === undefined) return;
    await (fails ? calls.reject(value) : calls.resolve(value, value));
  };
  const put: string[] = [];
  for (const step of all) {
    if (step.kind === 'pipe') {
      put.push(`${step.key}${put.length}`);
      driver.input(input).pipe(step.key, put.at(-1) as string);
    } else if (step.kind === 'end') await end(step.which, step.fails);
    else driver.advance(step.ms);
  }
  for (let left = put.length; left >= 0; left--) {
    while (open.length > 0) await end(0, false);
    driver.advance('1s');
  }
  await driver.settled();
  return {
    put,
    got: driver
      .output(output)
      .read()
      .map(({ value }) => value as string),
  };
};

const ofKey = (values: readonly string[], key: string) => values.filter((value) => value.startsWith(key));

describe('every record comes out once, and concurrent calls are limited', () => {
  test('in the order of its key', async () => {
    await fc.assert(
      fc.asyncProperty(steps, async (all) => {
        const { got, put } = await play(all, 'key');
        expect(got.length).toBe(put.length);
        for (const key of ['a', 'b', 'c']) expect(ofKey(got, key)).toEqual(ofKey(put, key));
      }),
    );
  });

  test('in the order of its partition', async () => {
    await fc.assert(
      fc.asyncProperty(steps, async (all) => {
        const { got, put } = await play(all, 'partition');
        expect(got).toEqual(put);
      }),
    );
  });

  test('in no order', async () => {
    await fc.assert(
      fc.asyncProperty(steps, async (all) => {
        const { got, put } = await play(all, 'none');
        expect(got.sort()).toEqual(put.sort());
      }),
    );
  });
});

/** Batches that are bisected when they fail: a model and its laws. */
import { expect, test } from '@jest/globals';
import { string } from '@kstreams/serde';
import { testDriver } from '@kstreams/testing';
import fc from 'fast-check';
import { type BatchOptions, type Decision, type OnError, streams, topic } from '../index.js';

const lines = topic('lines', { key: string, value: string });
const loud = topic('loud', { key: string, value: string });

interface Line {
  readonly key: string;
  readonly value: string;
}

type Results = readonly (string | Error)[];
type Respond = (values: readonly string[], attempt: number) => Results | Promise<Results>;

/** The time limit of calls in ms. */
const timeout = 10;

const isBad = (value: string): boolean => value.startsWith('bad');

/** Fails a batch with a bad record, by an exception or by too few results. */
const refusing =
  (throws: boolean): Respond =>
  (values) => {
    if (throws && values.some(isBad)) throw new Error('a bad batch');
    return values.filter((value) => !isBad(value)).map((value) => value.toUpperCase());
  };

/** Runs a batch step over lines until it rests. Returns its calls, results and failures. */
const run = async (
  given: readonly Line[],
  options: BatchOptions,
  respond: Respond,
  decide: (failure: Parameters<OnError>[0]) => Decision = () => 'skip',
) => {
  const calls: { readonly values: readonly string[]; readonly attempt: number }[] = [];
  const failed: string[] = [];
  const inFlight: (readonly string[])[] = [];
  /** The second in which each call began. */
  const rounds: number[] = [];
  let round = 0;
  let most = 0;
  let clashes = 0;
  const app = streams('app');
  app
    .stream(lines)
    .mapBatch(
      async (values, keys, { attempt }) => {
        calls.push({ values, attempt });
        rounds.push(round);
        if (inFlight.flat().some((key) => keys.includes(key))) clashes++;
        inFlight.push(keys);
        most = Math.max(most, inFlight.length);
        for (let i = 0; i < keys.length; i++) await Promise.resolve();
        inFlight.splice(inFlight.indexOf(keys), 1);
        return respond(values, attempt);
      },
      { maxWait: '1s', bisectOnError: true, ...options, value: string },
    )
    .to(loud);
  const driver = testDriver(app, {
    onError: (failure) => {
      failed.push(string.decode(failure.record?.value as Uint8Array, { topic: 'lines', headers: [] }));
      return decide(failure);
    },
  });
  for (const { key, value } of given) driver.input(lines).pipe(key, value);
  const results: Line[] = [];
  for (let idle = 0, seen = -1; idle < 3; idle = calls.length === seen ? idle + 1 : 0) {
    seen = calls.length;
    round++;
    driver.advance('1s');
    driver.advance(timeout);
    await driver.settled();
    results.push(...(driver.output(loud).read() as readonly Line[]));
  }
  return { calls, clashes, failed, most, results, rounds };
};

const valuesOf = (all: readonly Line[]): readonly string[] => all.map(({ value }) => value);

const abc = (...values: string[]): Line[] => values.map((value, i) => ({ key: `k${i}`, value }));

test('a failed batch is bisected until its bad records are alone; only these reach the policy, the others go on in order', () =>
  fc.assert(
    fc.asyncProperty(
      fc.array(fc.tuple(fc.constantFrom('a', 'b', 'c', 'd', 'e', 'f', 'g', 'h'), fc.integer({ min: 0, max: 5 })), {
        maxLength: 40,
        size: 'max',
      }),
      fc.record({
        order: fc.constantFrom('key', 'partition', 'none'),
        maxSize: fc.integer({ min: 1, max: 20 }),
        concurrency: fc.integer({ min: 1, max: 4 }),
        retry: fc.record({ attempts: fc.integer({ min: 1, max: 3 }), backoff: fc.constant(10) }),
      }),
      fc.boolean(),
      async (drawn, options, throws) => {
        const given = drawn.map(([key, kind], i): Line => ({ key, value: kind === 0 ? `bad${i}` : `good${i}` }));
        const good = given.filter(({ value }) => !isBad(value));
        const bad = valuesOf(given).filter(isBad);
        const { calls, clashes, failed, most, results } = await run(given, options, refusing(throws));

        const sorted = (values: readonly string[]) => values.toSorted();
        expect(sorted(valuesOf(results))).toEqual(sorted(valuesOf(good).map((value) => value.toUpperCase())));
        expect(sorted(failed)).toEqual(sorted(bad));
        const inOrder = options.order === 'none' ? [] : options.order === 'key' ? 'abcdefgh' : [''];
        for (const key of inOrder) {
          const of = (all: readonly Line[]) => valuesOf(all.filter((one) => one.key.startsWith(key)));
          expect(of(results)).toEqual(of(good).map((value) => value.toUpperCase()));
        }
        if (options.order === 'partition') expect(failed).toEqual(bad);

        expect(most).toBeLessThanOrEqual(options.order === 'partition' ? 1 : options.concurrency);
        if (options.order === 'key') expect(clashes).toBe(0);
        const { attempts } = options.retry;
        expect(calls.every(({ attempt, values }) => attempt <= attempts && values.length <= options.maxSize)).toBe(
          true,
        );
        for (const value of bad) {
          expect(calls.findLast(({ values }) => values.includes(value))).toEqual({
            values: [value],
            attempt: attempts,
          });
        }
        if (attempts > 1) return;
        const seen = new Set<string>();
        const batches = calls.filter(({ values }) => {
          const isNew = values.some((value) => !seen.has(value));
          for (const value of values) seen.add(value);
          return isNew;
        });
        const perBad = 2 * Math.ceil(Math.log2(options.maxSize));
        expect(calls.length).toBeLessThanOrEqual(batches.length + bad.length * perBad);
      },
    ),
    { numRuns: 300 },
  ));

test.each(['key', 'partition', 'none'] as const)(
  'one bad record of four costs four calls more, in the order %s',
  async (order) => {
    const { calls, failed, results } = await run(
      abc('g0', 'g1', 'bad', 'g3'),
      { order, concurrency: 1 },
      refusing(true),
    );
    expect(calls.map(({ values }) => values.join(' '))).toEqual(['g0 g1 bad g3', 'g0 g1', 'bad g3', 'bad', 'g3']);
    expect(valuesOf(results)).toEqual(['G0', 'G1', 'G3']);
    expect(failed).toEqual(['bad']);
  },
);

test('a batch is retried before it is bisected, and a record that is alone is retried too', async () => {
  const retry = { attempts: 3, backoff: 10 };
  const { calls } = await run(abc('g0', 'bad'), { retry }, refusing(true));
  expect(calls).toEqual([
    ...[1, 2, 3].map((attempt) => ({ values: ['g0', 'bad'], attempt })),
    { values: ['g0'], attempt: 1 },
    ...[1, 2, 3].map((attempt) => ({ values: ['bad'], attempt })),
  ]);
});

test('a good record whose call alone fails for a time is retried', async () => {
  const retry = { attempts: 2, backoff: 10 };
  const { failed, results } = await run(abc('g0', 'bad'), { retry }, (values, attempt) => {
    if (values.length === 1 && attempt === 1) throw new Error('down for a moment');
    return refusing(true)(values, attempt);
  });
  expect([valuesOf(results), failed]).toEqual([['G0'], ['bad']]);
});

test('a record that the policy retries is called alone', async () => {
  let failures = 0;
  const { calls, results } = await run(
    abc('bad', 'g1', 'g2', 'g3'),
    { maxSize: 2, order: 'partition' },
    refusing(true),
    () => (++failures < 3 ? { retryAfter: '1s' } : 'skip'),
  );
  expect(calls.map(({ values }) => values.join(' '))).toEqual(['bad g1', 'bad', 'bad', 'bad', 'g1', 'g2 g3']);
  expect(valuesOf(results)).toEqual(['G1', 'G2', 'G3']);
});

test('a batch that times out is bisected', async () => {
  const { calls, results } = await run(abc('g0', 'g1'), { timeout }, (values) =>
    values.length > 1 ? new Promise(() => {}) : values,
  );
  expect(calls.map(({ values }) => values.join(' '))).toEqual(['g0 g1', 'g0', 'g1']);
  expect(valuesOf(results)).toEqual(['g0', 'g1']);
});

test('the halves of a batch are called within the rate', async () => {
  const { rounds, results } = await run(abc('g0', 'bad'), { perSecond: 1 }, refusing(true));
  expect(rounds).toEqual([1, 2, 3]);
  expect(valuesOf(results)).toEqual(['G0']);
});

test.each([
  ['key', ['g0', 'bad', 'g2'], []],
  ['none', ['g0', 'bad', 'g2'], []],
  ['partition', ['g0', 'bad'], ['G2']],
] as const)('without the option, in the order %s, %j fail', async (order, expected, good) => {
  const { failed, results } = await run(abc('g0', 'bad', 'g2'), { order, bisectOnError: false }, refusing(true));
  expect(failed).toEqual(expected);
  expect(valuesOf(results)).toEqual(good);
});

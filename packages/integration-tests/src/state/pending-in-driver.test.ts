/** Values that are pending in the test driver. */
import { expect, test } from '@jest/globals';
import { deferredCalls } from '@kstreams/test-support/deferred-calls';
import { rawSchema, rawSchemaWith, schemaSerde } from '@kstreams/test-support/schema-serde';
import { testDriver } from '@kstreams/testing';
import fc from 'fast-check';
import { type Serde, type Streams, streams, string, topic, tumbling } from 'kstreams';

const order = topic('in', {
  key: string,
  value: schemaSerde<number>({ ahead: false, idOf: (value) => value as number }),
});
const out = topic('out', { key: string, value: string });

const routing = (build: (app: Streams) => void, options?: Parameters<typeof testDriver>[1]) => {
  const app = streams('routing');
  build(app);
  return testDriver(app, options);
};

test('a pending record delays only its own key', async () => {
  const hanging = topic('in', {
    key: string,
    value: schemaSerde<number>({
      ahead: false,
      load: (id) => (id === 1 ? new Promise((resolve) => void setTimeout(resolve, 20)) : Promise.resolve()),
    }),
  });
  const driver = routing((app) => app.stream(hanging).mapValues(String, { value: string }).to(out));
  await driver.settled();
  const input = driver.input(topic('in', { key: string, value: rawSchemaWith((value) => (value < 10 ? 1 : 2)) }));
  input.pipe('b', 20, 0);
  await driver.settled();
  for (const [key, value] of [
    ['a', 1],
    ['b', 21],
    ['a', 22],
    ['b', 2],
  ] as const)
    input.pipe(key, value, 0);
  expect(
    driver
      .output(out)
      .read()
      .map(({ value }) => value),
  ).toEqual(['20', '21']);
  await driver.settled();
  expect(
    driver
      .output(out)
      .read()
      .map(({ key, value }) => `${key} ${value}`),
  ).toEqual(['a 1', 'a 22', 'b 2']);
  await driver.close();
});

test('behind a change of keys the whole partition waits, in order', async () => {
  const driver = routing((app) =>
    app
      .stream(order)
      .map((value) => [String(value % 2), String(value)], { key: string, value: string })
      .to(out),
  );
  const input = driver.input(topic('in', { key: string, value: rawSchema }));
  for (const value of [3, 1, 2, 1, 3]) input.pipe(`k${value}`, value, 0);
  await driver.settled();
  expect(
    driver
      .output(out)
      .read()
      .map(({ value }) => value),
  ).toEqual(['3', '1', '2', '1', '3']);
  await driver.close();
});

test('a window that a result closes is forwarded once the schema of its topic is loaded', async () => {
  const counts = topic('counts', { key: string, value: schemaSerde<number>({ ahead: false }) });
  const calls = deferredCalls<boolean>();
  const driver = routing((app) =>
    app
      .stream(topic('in', { key: string, value: string }))
      .filterAsync((value) => calls.call(value), { order: 'none' })
      .groupByKey()
      .window(tumbling(50, { grace: 0, emit: 'on-close' }))
      .count({ name: 'counts' })
      .toStream()
      .map((count, { key }) => [key, count ?? 0], { key: string, value: counts.value })
      .to(counts),
  );
  const input = driver.input(topic('in', { key: string, value: string }));
  input.pipe('k', 'early', 0);
  input.pipe('k', 'late', 100);
  const settled = driver.settled();
  await calls.resolve('late', true);
  await calls.resolve('early', true);
  await settled;
  const read = driver.output(topic('counts', { key: string, value: rawSchema })).read();
  expect(read.map(({ key, value }) => [key, value])).toEqual([['k', 1]]);
  await driver.close();
});

test('a value that cannot be loaded goes to the error policy, with the record that needs it', async () => {
  const failing = topic('in', {
    key: string,
    value: schemaSerde<number>({
      ahead: false,
      idOf: (value) => value as number,
      load: (id) => (id === 2 ? Promise.reject(new Error('no such schema')) : Promise.resolve()),
    }),
  });
  const failures: string[] = [];
  const driver = routing((app) => app.stream(failing).mapValues(String, { value: string }).to(out), {
    onError: ({ attempt, error, record }) => {
      failures.push(`${record?.offset} attempt ${attempt}: ${error.message}`);
      return 'skip';
    },
  });
  const input = driver.input(topic('in', { key: string, value: rawSchema }));
  for (const value of [1, 2, 3]) input.pipe('k', value, value);
  await driver.settled();
  expect(
    driver
      .output(out)
      .read()
      .map(({ value }) => value),
  ).toEqual(['1', '3']);
  expect(failures).toHaveLength(1);
  expect(failures[0]).toMatch(/^1 attempt 1: .*no such schema/);
  await driver.close();
});

test('property: any order of loads gives the results of a serde that loads nothing', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.tuple(fc.integer({ min: 0, max: 3 }), fc.integer({ min: 1, max: 4 })), { maxLength: 30 }),
      fc.array(fc.integer({ min: 0, max: 5 }), { minLength: 4, maxLength: 4 }),
      async (records, turns) => {
        const waits = async (id: number | string): Promise<void> => {
          for (let i = 0; i < (turns[Number(id) % 4] ?? 0); i++) await new Promise((done) => void setImmediate(done));
        };
        const results = async (value: Serde<number>) => {
          const driver = routing((app) =>
            app
              .stream(topic('in', { key: string, value }))
              .groupByKey()
              .aggregate(
                () => '',
                (text, next) => `${text} ${next}`,
                { name: 'texts', value: string },
              )
              .toStream()
              .to(out),
          );
          const input = driver.input(topic('in', { key: string, value: rawSchema }));
          for (const [key, one] of records) input.pipe(`k${key}`, one, 0);
          await driver.settled();
          const found = new Map<string, (string | null)[]>();
          for (const { key, value } of driver.output(out).read()) found.set(key, [...(found.get(key) ?? []), value]);
          await driver.close();
          return new Map([...found].sort());
        };
        const pending = schemaSerde<number>({ ahead: false, idOf: (value) => value as number, load: waits });
        expect(await results(pending)).toEqual(await results(rawSchema));
      },
    ),
    { numRuns: 40 },
  );
});

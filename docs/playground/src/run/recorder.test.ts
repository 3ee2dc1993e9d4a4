import { describe, expect, test } from '@jest/globals';
import { describeTopology } from '@kstreams/core';
import type { TestDriverOptions } from '@kstreams/testing';
import { by, double, json, type Streams, streams, string, topic, tumbling, untilWindowCloses } from 'kstreams';
import { originOf } from '../model/origin.js';
import type { Step } from './messages.js';
import { RecordedDriver } from './recorded-driver.js';
import { Recorder } from './recorder.js';

const words = topic('words', { key: string, value: string });
const out = topic('out', { key: string, value: string });

/** Opens a driver with a recorder, and the steps that it records. */
const recorded = (
  app: Streams,
  options: TestDriverOptions = {},
  limits?: ConstructorParameters<typeof Recorder>[1],
) => {
  const steps: Step[] = [];
  const recorder = new Recorder((step) => steps.push(step), limits);
  const topology = describeTopology(app.build()).toJSON();
  recorder.describe(topology);
  const driver = new RecordedDriver(app, options, recorder);
  return { driver, recorder, steps, origin: (step: number, index = 0) => originOf(steps, topology, step, index) };
};

/** Returns the cause and the outputs of each step, in short. */
const brief = (steps: readonly Step[]) =>
  steps.map(({ cause, outputs }) => [
    cause.kind === 'record' ? cause.record.value.text : cause.kind === 'later' ? `later of ${cause.of}` : 'clock',
    outputs.map(({ value }) => value.text).join(),
  ]);

describe('a recording', () => {
  test('credits the result of a call to the record that led to it', async () => {
    const waiting = new Map<string, () => void>();
    const app = streams('calls');
    app
      .stream(words)
      .mapAsync((value) => new Promise<string>((resolve) => waiting.set(value, () => resolve(`${value}!`))), {
        value: string,
      })
      .to(out);
    const { driver, origin, recorder, steps } = recorded(app);
    for (const [at, word] of ['a', 'b', 'c'].entries()) driver.input(words).pipe(word, word, at);
    for (const word of ['c', 'a', 'b']) waiting.get(word)?.();
    expect(recorder.callsWait).toBe(true);
    await driver.settled();
    expect(recorder.callsWait).toBe(false);
    expect(brief(steps)).toEqual([
      ['a', ''],
      ['b', ''],
      ['c', ''],
      ['later of 3', 'c!'],
      ['later of 1', 'a!'],
      ['later of 2', 'b!'],
    ]);
    expect(origin(4).legs).toEqual([
      { step: 3, nodes: ['source-0', 'map-async-0'] },
      { step: 4, nodes: ['to-0'] },
    ]);
  });

  test('follows results over a repartition topic and a store', async () => {
    const app = streams('far');
    app
      .stream(words)
      .mapAsync(async (value) => value.toUpperCase(), { value: string })
      .groupBy((value) => value, { key: string })
      .count({ name: 'counts' })
      .toStream()
      .mapValues(String, { value: string })
      .to(out);
    const { driver, origin, steps } = recorded(app);
    driver.input(words).pipe('k', 'x', 1);
    driver.input(words).pipe('k', 'x', 2);
    await driver.settled();
    const written = steps.flatMap(({ cause, outputs }, at) => outputs.map(({ value }) => [value.text, at + 1, cause]));
    expect(written.map(([value]) => value)).toEqual(['1', '2']);
    const { legs, reads } = origin(written[1]?.[1] as number);
    expect(legs[0]).toEqual({ step: 2, nodes: ['source-0', 'map-async-0'] });
    expect(legs.flatMap(({ nodes }) => nodes).slice(-3)).toEqual(
      ['counts', 'to-stream-0', 'map-values-0', 'to-0'].slice(-3),
    );
    expect(reads).toMatchObject([{ store: 'counts', found: { text: '1' } }]);
    expect(reads[0]?.writtenBy).toBeDefined();
  });

  test('keeps the records after a skipped one apart from it', () => {
    const numbers = topic('numbers', { key: string, value: json<number>() });
    const app = streams('skips');
    app
      .stream(numbers)
      .mapValues(
        (value) => {
          if (value === 2) throw new Error('two');
          return String(value);
        },
        { value: string },
      )
      .to(out);
    const { driver, recorder, steps } = recorded(app, { onError: () => 'skip' });
    const bytes = topic('numbers', { key: string, value: string });
    driver.input(numbers).pipe('a', 1, 1);
    driver.input(numbers).pipe('a', 2, 2);
    driver.input(bytes).pipe('a', 'no json', 3);
    driver.input(numbers).pipe('a', 4, 4);
    recorder.finish();
    expect(brief(steps)).toEqual([
      ['1', '1'],
      ['2', ''],
      ['no json', ''],
      ['4', '4'],
    ]);
    expect(steps.map(({ drops }) => drops.length)).toEqual([0, 1, 1, 0]);
  });

  test('names the record that was held by a suppressed table', () => {
    const app = streams('held');
    const sales = topic('sales', { key: string, value: double });
    app
      .stream(sales)
      .groupByKey()
      .window(tumbling(10, { grace: 0 }))
      .reduce((a, b) => a + b, { name: 'sums' })
      .suppress(untilWindowCloses())
      .toStream()
      .map((value, { key }) => [key, String(value)], { key: string, value: string })
      .to(out);
    const { driver, origin, recorder, steps } = recorded(app);
    driver.input(sales).pipe('a', 1, 1);
    driver.input(sales).pipe('a', 2, 5);
    driver.input(sales).pipe('b', 9, 30);
    recorder.finish();
    expect(brief(steps)).toEqual([
      ['1', ''],
      ['2', ''],
      ['9', '3'],
    ]);
    expect(steps[1]?.writes.find(({ store }) => store === 'suppress-0')).toMatchObject({ after: { text: '3' } });
    expect(origin(3).legs.map(({ nodes, step }) => [step, nodes.join(' ')])).toEqual([
      [2, 'source-0 sums suppress-0'],
      [3, 'to-stream-0 map-0 to-0'],
    ]);
    expect(origin(3).writes.map(({ store }) => store)).toContain('suppress-0');
  });

  test('follows a join by a foreign key over its internal topics, with its subscriptions', () => {
    const orders = topic('orders', { key: string, value: json<{ customer: string }>() });
    const customers = topic('customers', { key: string, value: string });
    const app = streams('foreign');
    app
      .table(orders)
      .join(
        app.table(customers),
        by((order) => order.customer),
        (_, customer) => customer,
        { value: string },
      )
      .toStream()
      .to(out as never);
    const { driver, origin, recorder, steps } = recorded(app);
    driver.input(orders).pipe('o1', { customer: 'ann' }, 1);
    driver.input(customers).pipe('ann', 'Ann', 2);
    driver.input(orders).pipe('o2', { customer: 'ann' }, 3);
    recorder.finish();
    expect(brief(steps)).toEqual([
      ['{"customer":"ann"}', ''],
      ['Ann', 'Ann'],
      ['{"customer":"ann"}', 'Ann'],
    ]);
    expect(steps[0]?.writes.find(({ store }) => store.endsWith('subscriptions'))?.key.data).toEqual({
      foreign: 'ann',
      primary: 'o1',
    });
    expect(origin(2).legs).toMatchObject([{ step: 2 }]);
    expect(origin(2).reads).toMatchObject([
      { store: 'table-1' },
      { store: 'table-0', key: { text: 'o1' }, writtenBy: 1 },
    ]);
    expect(origin(3).legs[0]?.nodes.slice(0, 2)).toEqual(['table-source-0', 'table-0']);
  });

  test('has the rows of global tables', () => {
    const app = streams('global');
    app
      .stream(words)
      .join(
        app.globalTable(topic('names', { key: string, value: string }), { name: 'names' }),
        by((value) => value),
        (_, name) => name,
        { value: string },
      )
      .to(out);
    const { driver, origin, recorder, steps } = recorded(app);
    driver.input(topic('names', { key: string, value: string })).pipe('a', 'Ann', 0);
    driver.input(words).pipe('k', 'a', 1);
    recorder.finish();
    expect(steps[0]?.writes).toMatchObject([{ store: 'names', key: { text: 'a' }, after: { text: 'Ann' } }]);
    expect(origin(2).reads).toMatchObject([{ store: 'names', writtenBy: 1 }]);
  });

  test('has a step for an advance of the clock that leads to something, and none for another', () => {
    const app = streams('clock');
    app
      .stream(words)
      .process(
        (context) => {
          context.schedule('1s', 'wall', (now) => {
            if (now >= 2_000) context.forward({ key: 'k', value: String(now), timestamp: now, headers: [] } as never);
          });
          return () => {};
        },
        { key: string, value: string },
      )
      .to(out);
    const { driver, steps } = recorded(app);
    for (let i = 0; i < 3; i++) driver.advance('1s');
    expect(brief(steps)).toEqual([
      ['clock', '2000'],
      ['clock', '3000'],
    ]);
  });

  test('stops at its limits, and says so', () => {
    const app = streams('much');
    app
      .stream(words)
      .flatMapValues((value) => [value, value], { value: string })
      .to(out);
    const limits = { steps: 1_000, outputs: 5, flows: 1_000 };
    const { driver, recorder, steps } = recorded(app, {}, limits);
    for (const word of ['a', 'b']) driver.input(words).pipe('k', word, 1);
    const stops = 'the page shows at most 1,000 of them, 5 outputs and 1,000 records between nodes';
    expect(() => driver.input(words).pipe('k', 'c', 2)).toThrow(`stopped after 2 records: ${stops}`);
    recorder.abandon();
    expect(() => driver.input(words).pipe('k', 'd', 3)).toThrow(stops);
    expect(steps.length).toBe(2);
  });

  test('takes as many records as its limit', () => {
    const app = streams('many');
    app.stream(words).to(out);
    const { driver, recorder, steps } = recorded(app, {}, { steps: 2, outputs: 9, flows: 9 });
    for (const word of ['a', 'b']) driver.input(words).pipe('k', word, 1);
    recorder.finish();
    driver.input(words).pipe('k', 'c', 1);
    expect(() => recorder.finish()).toThrow('stopped after 2 records');
    expect(brief(steps)).toEqual([
      ['a', 'a'],
      ['b', 'b'],
    ]);
  });
});

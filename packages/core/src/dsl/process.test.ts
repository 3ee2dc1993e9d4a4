import { describe, expect, test } from '@jest/globals';
import { double, string } from '@kstreams/serde';
import { entries } from '@kstreams/test-support/entries';
import { testDriver } from '@kstreams/testing';
import {
  type Connected,
  type Context,
  keyValue,
  type Processor,
  record,
  streams,
  TopologyBuilder,
  topic,
  type ValueContext,
} from '../index.js';

const lines = topic('lines', { key: string, value: string });
const counts = topic('counts', { key: string, value: double });
const seen = keyValue('seen', { key: string, value: double });

describe('process', () => {
  test('keeps a store, forwards any key, and is called on a schedule', () => {
    const app = streams('app');
    app
      .stream(lines)
      .process(
        (context: Context<string, number>) => {
          const store = context.store(seen);
          context.schedule('10s', 'wall', (at) => context.forward(record('tick', at, at)));
          return ({ key, timestamp }) => store.put(key, (store.get(key) ?? 0) + 1, timestamp);
        },
        { stores: [seen], key: string, value: double },
      )
      .to(counts);
    const driver = testDriver(app);
    driver.input(lines).pipe('a', 'x', 1);
    driver.input(lines).pipe('a', 'y', 2);
    expect(driver.store(seen).row('a')).toEqual({ value: 2, timestamp: 2 });
    driver.advance(9_999);
    expect(driver.output(counts).length).toBe(0);
    driver.advance(1);
    expect(entries(driver.output(counts).read())).toEqual([['tick', 10_000, 10_000]]);
  });

  test('is opened once per task; two processors share a store by its spec', () => {
    const app = streams('app');
    let opened = 0;
    const counting = (context: Context<string, number>) => {
      opened++;
      const store = context.store(seen);
      return ({ key, timestamp }: { key: string; timestamp: number }) => {
        store.put(key, (store.get(key) ?? 0) + 1, timestamp);
      };
    };
    app.stream(lines).process(counting, { stores: [seen] });
    app.stream(topic('more', { key: string, value: string })).process(counting, { stores: [seen] });
    const driver = testDriver(app);
    driver.input(lines).pipe('a', 'x', 1);
    driver.input(topic('more', { key: string, value: string })).pipe('a', 'x', 2);
    expect(driver.store(seen).get('a')).toBe(2);
    expect(opened).toBe(2);
  });

  test('a processor may come with its stores, in the chain and in the builder', () => {
    const counting: Connected<Processor<string, string, string, number>> = {
      stores: [seen],
      processor: ({ forward, store }) => {
        const rows = store(seen);
        return ({ key, timestamp }) => {
          rows.put(key, (rows.get(key) ?? 0) + 1, timestamp);
          forward(record(key, rows.get(key) as number, timestamp));
        };
      },
    };
    const app = streams('app');
    app.stream(lines).process(counting, { key: string, value: double }).to(counts);
    app.stream(lines).processValues({ ...counting, processor: () => () => {} });
    const builder = new TopologyBuilder('low');
    const source = builder.addSource('lines', lines);
    const counted = builder.addProcessor('count', { parents: [source], processor: counting });
    builder.addSink('counts', { parents: [counted], topic: counts });
    for (const built of [app.build(), builder.build()]) {
      const driver = testDriver(built);
      for (const at of [1, 2]) driver.input(lines).pipe('a', 'x', at);
      expect(entries(driver.output(counts).read())).toEqual([
        ['a', 1, 1],
        ['a', 2, 2],
      ]);
    }
  });

  test('a store that was not listed is refused when the processor is opened', () => {
    const app = streams('app');
    app.stream(lines).process((context) => {
      context.store(seen);
      return () => {};
    });
    expect(() => testDriver(app)).toThrow(
      'store "seen" is not connected to this node: list it among the node\'s stores',
    );
  });
});

describe('processValues', () => {
  test('forwards values with the key, timestamp and headers of the current record unless given', () => {
    const flags = [['flag', new Uint8Array([1])]] as const;
    const app = streams('app');
    app
      .stream(lines)
      .processValues(
        (context: ValueContext<number>) =>
          ({ value, timestamp }) => {
            context.forward(value.length);
            context.forward(-1, { timestamp: timestamp + 1, headers: [] });
          },
        { value: double },
      )
      .to(counts);
    const driver = testDriver(app);
    driver.input(lines).pipe('a', 'four', 5, flags);
    expect(driver.output(counts).read()).toEqual([
      { key: 'a', value: 4, timestamp: 5, headers: flags },
      { key: 'a', value: -1, timestamp: 6, headers: [] },
    ]);
  });

  test('cannot forward between records, without a key', () => {
    const app = streams('app');
    app
      .stream(lines)
      .processValues((context: ValueContext<number>) => {
        context.schedule('1s', 'wall', () => context.forward(1));
        return () => {};
      })
      .forEach(() => {});
    const driver = testDriver(app);
    driver.input(lines).pipe('a', 'x', 1);
    expect(() => driver.advance(1_000)).toThrow(/without a current record, so without a key: use process/);
  });
});

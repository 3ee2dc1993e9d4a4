import { describe, expect, test } from '@jest/globals';
import { testDriver } from '@kstreams/testing';
import fc from 'fast-check';
import {
  double,
  int32,
  json,
  kafkaSession,
  kafkaWindowed,
  nullable,
  type Serde,
  streams,
  string,
  topic,
  tuple,
  windowed,
} from 'kstreams';
import { z } from 'zod';

const any = json<Record<string, unknown>>();
const out = topic('out', { key: string, value: any });
const named = z.object({ name: z.string() });
const mailed = z.object({ mail: z.string() });

/** Creators of serdes: equal calls return one object. Those of different calls differ, although some have one name. */
const creators: readonly (() => Serde<never>)[] = [
  () => json(),
  () => json(named),
  () => json(mailed),
  () => json(mailed, { upgrade }),
  () => nullable(string),
  () => nullable(json(named)),
  () => nullable(json(mailed)),
  () => tuple(string, int32),
  () => tuple(string, double),
  () => tuple(string),
  () => tuple(json(named)),
  () => tuple(json(mailed)),
  () => windowed(json(named)),
  () => windowed(json(mailed)),
  () => kafkaWindowed(string, { size: '1m' }),
  () => kafkaWindowed(string, { size: 60_000 }),
  () => kafkaWindowed(string, { size: '2m' }),
  () => kafkaSession(json(named)),
  () => kafkaSession(json(mailed)),
].map((create) => create as unknown as () => Serde<never>);
const upgrade = () => ({ mail: 'none' });

describe('serdes are the same if they are the same object', () => {
  test('equal calls return one object', () => {
    for (const create of creators) expect(create()).toBe(create());
    expect(new Set(creators.map((create) => create())).size).toBe(creators.length - 1);
  });

  test('a topic can be read twice exactly when its serdes are the same', () => {
    const serde = fc.constantFrom(...creators);
    const as = fc.constantFrom('stream' as const, 'table' as const);
    fc.assert(
      fc.property(serde, serde, serde, serde, as, (key, value, key2, value2, as) => {
        const app = streams('app');
        app[as](topic('in', { key: key(), value: value() }));
        const again = () => app[as](topic('in', { key: key2(), value: value2() }));
        if (key() === key2() && value() === value2()) expect(again).not.toThrow();
        else expect(again).toThrow(/topic "in" is read twice, with different serdes for the (key|value)/);
      }),
    );
  });

  test('two schemas of one topic are refused, with the remedy', () => {
    const app = streams('app');
    app.stream(topic('users', { key: string, value: json(named) }));
    expect(() => app.stream(topic('users', { key: string, value: json(mailed) }))).toThrow(
      'topic "users" is read twice, with different serdes for the value (two objects named json; share one if they are ' +
        'equal): read it once and use that twice',
    );
  });

  test('two serdes of one name are refused', () => {
    const twin: Serde<string> = { ...string, name: 'string' };
    const app = streams('app');
    app.stream(topic('lines', { key: string, value: string }));
    expect(() => app.stream(topic('lines', { key: string, value: twin }))).toThrow('two objects named string');
    expect(() => app.stream(topic('lines', { key: twin, value: string }))).toThrow('different serdes for the key');
  });
});

describe('a source of several topics', () => {
  const euro = z.object({ cents: z.number() });
  const current = topic('current', { key: string, value: json(euro) });
  const older = topic('older', {
    key: string,
    value: json(euro, { upgrade: (value) => ({ cents: (value as { euros: number }).euros * 100 }) }),
  });
  const textual: Serde<{ cents: number }> = {
    name: 'textual',
    encode: ({ cents }, at) => string.encode(String(cents), at),
    decode: (bytes, at) => ({ cents: Number(string.decode(bytes, at)) }),
  };
  const texts = topic('texts', { key: string, value: textual });

  test('decodes the values of each topic with the serde of the topic, in any order', () => {
    fc.assert(
      fc.property(fc.shuffledSubarray([current, older, texts], { minLength: 1 }), (topics) => {
        const app = streams('app');
        const seen: unknown[] = [];
        app.stream(topics).forEach((value) => void seen.push(value));
        const driver = testDriver(app);
        for (const { name } of topics) {
          if (name === 'texts') driver.input(texts).pipe('k', { cents: 150 }, 1);
          else
            driver
              .input(topic(name, { key: string, value: any }))
              .pipe('k', name === 'older' ? { euros: 1.5 } : { cents: 150 }, 1);
        }
        expect(seen).toEqual(topics.map(() => ({ cents: 150 })));
      }),
    );
  });

  test('names its serdes, and needs one for values that are written', () => {
    const app = streams('app');
    const all = app.stream([current, older, texts]).selectKey((value) => String(value.cents), { key: string });
    expect(() => all.groupByKey().count()).toThrow('needs a serde for the value (changed by source-0)');
    all
      .with({ value: json(euro) })
      .groupByKey()
      .count({ name: 'counts' });
    expect(app.describe().toJSON().subtopologies[0]?.nodes[0]).toMatchObject({ value: 'json or textual' });
  });

  test('refuses two key serdes', () => {
    const twin: Serde<string> = { ...string };
    expect(() => streams('app').stream([current, topic('other', { key: twin, value: json(euro) })])).toThrow(
      'source "source-0" reads topics with two key serdes (two objects named string; share one if they are equal), so ' +
        'equal keys may be in different partitions: use one serde object for the keys, or merge separate streams and ' +
        'repartition the result',
    );
  });
});

test('each reader of one node decodes with its own schema', () => {
  const input = topic('in', { key: string, value: any });
  const app = streams('app');
  const keyed = app.stream(input).selectKey((value) => String(value.name), { key: string });
  const narrow = json(named) as unknown as typeof any;
  keyed
    .with({ value: narrow })
    .groupByKey()
    .reduce((_, value) => value, { name: 'narrow' })
    .toStream();
  keyed
    .with({ value: any })
    .groupByKey()
    .reduce((_, value) => value, { name: 'wide' })
    .toStream()
    .mapValues((value) => value ?? {})
    .to(out);
  const driver = testDriver(app);
  driver.input(input).pipe('1', { name: 'Ann', tag: 'x' }, 1);
  expect(
    driver
      .output(out)
      .read()
      .map(({ value }) => value),
  ).toEqual([{ name: 'Ann', tag: 'x' }]);
  expect(driver.view('narrow').get('Ann')).toEqual({ name: 'Ann' });
});

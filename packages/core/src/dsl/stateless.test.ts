import { describe, expect, test } from '@jest/globals';
import { double, nullable, string } from '@kstreams/serde';
import { entries } from '@kstreams/test-support/entries';
import { testDriver } from '@kstreams/testing';
import { type Stream, streams, topic } from '../index.js';

const text = nullable(string);
const input = topic('input', { key: text, value: text });
const output = topic('output', { key: text, value: text });
const flags = [['flag', new Uint8Array([1])]] as const;

/** Returns the output of a chain for some records, from a topic of nullable text. */
const through = (
  chain: (stream: Stream<string | null, string | null>) => Stream<string | null, string | null>,
  records: readonly (readonly [key: string | null, value: string | null])[],
) => {
  const app = streams('app', { defaults: { key: text, value: text } });
  chain(app.stream(input)).to(output);
  const driver = testDriver(app);
  records.forEach(([key, value], i) => {
    driver.input(input).pipe(key, value, i, flags);
  });
  const written = driver.output(output).read();
  expect(written.every(({ headers }) => JSON.stringify(headers) === JSON.stringify(flags))).toBe(true);
  return entries(written);
};

const some = [
  ['a', 'x y'],
  [null, 'z'],
  ['b', null],
] as const;

describe('steps on single records keep order, timestamps and headers', () => {
  test('filter and filterNot also test nulls and split the records', () => {
    const long = (value: string | null, key: string | null) => value === null || key === null;
    expect(through((stream) => stream.filter(long), some)).toEqual([
      [null, 'z', 1],
      ['b', null, 2],
    ]);
    expect(through((stream) => stream.filterNot(long), some)).toEqual([['a', 'x y', 0]]);
  });

  test('mapValues is called with null, and null is a value', () => {
    const turned = through((stream) => stream.mapValues((value, key) => (value === null ? `no ${key}` : null)), some);
    expect(turned).toEqual([
      ['a', null, 0],
      [null, null, 1],
      ['b', 'no b', 2],
    ]);
  });

  test('map and selectKey give any key, null too', () => {
    expect(through((stream) => stream.map((value, key) => [value, key]), some)).toEqual([
      ['x y', 'a', 0],
      ['z', null, 1],
      [null, 'b', 2],
    ]);
    expect(through((stream) => stream.selectKey((value) => value), some)).toEqual([
      ['x y', 'x y', 0],
      ['z', 'z', 1],
      [null, null, 2],
    ]);
  });

  test('flatMap and flatMapValues give none, one or many, in order, of any iterable', () => {
    expect(through((stream) => stream.flatMapValues((value) => value?.split(' ') ?? []), some)).toEqual([
      ['a', 'x', 0],
      ['a', 'y', 0],
      [null, 'z', 1],
    ]);
    const words = (value: string | null, key: string | null) =>
      new Set(value?.split(' ').map((one) => [one, key] as const));
    expect(through((stream) => stream.flatMap(words), some)).toEqual([
      ['x', 'a', 0],
      ['y', 'a', 0],
      ['z', null, 1],
    ]);
  });

  test('peek forwards, forEach ends the chain', () => {
    const seen: unknown[] = [];
    const looked = through(
      (stream) => {
        stream.forEach((value, key) => {
          seen.push(['forEach', key, value]);
        });
        return stream.peek((value, key) => seen.push(['peek', key, value]));
      },
      some.slice(0, 1),
    );
    expect(looked).toEqual([['a', 'x y', 0]]);
    expect(seen).toEqual([
      ['forEach', 'a', 'x y'],
      ['peek', 'a', 'x y'],
    ]);
  });

  test('merge forwards both streams; a stream merged with itself is forwarded twice', () => {
    expect(through((stream) => stream.merge(stream), some.slice(0, 1))).toEqual([
      ['a', 'x y', 0],
      ['a', 'x y', 0],
    ]);
    const apart = through((stream) => {
      const left = stream.filter((value) => value === 'z');
      return left.merge(stream.mapValues((value) => `${value}!`).with({ value: text }));
    }, some);
    expect(apart).toEqual([
      ['a', 'x y!', 0],
      [null, 'z', 1],
      [null, 'z!', 1],
      ['b', 'null!', 2],
    ]);
  });

  test('via appends a custom operator', () => {
    const numbered = through(
      (stream) =>
        stream.via({
          name: 'numbered',
          key: 'kept',
          value: 'changed',
          serdes: { value: text },
          processor: ({ forward }) => {
            let seen = 0;
            return (record) => forward({ ...record, value: `${++seen} ${record.value}` });
          },
        }),
      some,
    );
    expect(numbered.map(([, value]) => value)).toEqual(['1 x y', '2 z', '3 null']);
  });
});

describe('to', () => {
  test('chooses topic, headers, timestamp and partition of each record', () => {
    const lines = topic('lines', { key: string, value: string });
    const app = streams('app');
    app.stream(lines).to(
      { choose: ({ value }) => `lines-${value.length}`, key: string, value: string },
      {
        headers: ({ value }) => [['was', new Uint8Array([value.length])]],
        timestamp: ({ timestamp }) => timestamp + 1,
        partitioner: ({ value }) => (value === 'gone' ? [] : value === 'both' ? [0, 0] : 0),
      },
    );
    const driver = testDriver(app);
    for (const value of ['one', 'gone', 'both', 'last']) driver.input(lines).pipe('k', value, 5);
    const [three] = driver.output(topic('lines-3', { key: string, value: string })).read();
    expect(three).toEqual({ key: 'k', value: 'one', timestamp: 6, headers: [['was', new Uint8Array([3])]] });
    const four = driver.output(topic('lines-4', { key: string, value: string })).read();
    expect(four.map(({ value }) => value)).toEqual(['both', 'both', 'last']);
  });

  test('a value that the topic cannot encode fails with its coordinates', () => {
    const numbers = topic('numbers', { key: string, value: double });
    const app = streams('app');
    app.stream(input).to(numbers as never, { name: 'out' });
    const driver = testDriver(app);
    expect(() => driver.input(input).pipe('a', 'x', 1)).toThrow(/the value cannot be encoded as double.*numbers/);
  });
});

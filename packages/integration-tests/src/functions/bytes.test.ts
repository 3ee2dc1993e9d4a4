/** A serde that returns no bytes, or a header without bytes, fails its record or its commit; nothing is written as zeros. */
import { expect, test } from '@jest/globals';
import { testDriver } from '@kstreams/testing';
import {
  embedded,
  headerOf,
  headers,
  nullable,
  type Serde,
  type Stream,
  streams,
  string,
  topic,
  tumbling,
  tuple,
  withHeader,
  within,
} from 'kstreams';

const input = topic('in', { key: string, value: string });
const other = topic('other', { key: string, value: string });

/** Results of `encode` that are no bytes. */
const wrong: readonly (readonly [string, unknown])[] = [
  ['a text', 'text'],
  ['an array', [1, 2, 3]],
  ['a promise', Promise.resolve(new Uint8Array(1))],
  ['undefined', undefined],
  ['a buffer of memory', new ArrayBuffer(3)],
];

/** Places in which a serde encodes. */
const places: Readonly<Record<string, (stream: Stream<string, string>, serde: Serde<string>) => unknown>> = {
  'the value of a topic': (stream, serde) => stream.to(topic('out', { key: string, value: serde })),
  'the key of a topic': (stream, serde) => stream.to(topic('out', { key: serde, value: string })),
  'a nullable value': (stream, serde) => stream.to(topic('out', { key: string, value: nullable(serde) })),
  'a repartition': (stream, serde) =>
    stream
      .with({ value: serde })
      .repartition()
      .forEach(() => {}),
  'an element of a tuple': (stream, serde) =>
    stream
      .map((v, k) => [[k, v] as [string, string], v])
      .to(topic('out', { key: tuple(string, serde), value: string })),
  'a value of a store': (stream, serde) => stream.with({ value: serde }).toTable({ name: 'rows' }),
  'a key of a store': (stream, serde) => stream.with({ key: serde }).toTable({ name: 'rows' }),
  'an aggregate': (stream, serde) => stream.groupByKey().reduce((_, v) => v, { value: serde }),
  'the key of a window': (stream, serde) => stream.with({ key: serde }).groupByKey().window(tumbling('1m')).count(),
  'the value of a window': (stream, serde) =>
    stream
      .groupByKey()
      .window(tumbling('1m'))
      .reduce((_, v) => v, { value: serde }),
  'a join buffer': (stream, serde) =>
    stream
      .with({ value: serde })
      .join(stream.with({ value: serde }), within('1m'), (one) => one)
      .forEach(() => {}),
  'unmatched records': (stream, serde) =>
    stream
      .with({ value: serde })
      .leftJoin(
        stream.filter(() => false),
        within('1m'),
        (one) => one,
      )
      .forEach(() => {}),
};

test.each(Object.keys(places))('%s', async (place) => {
  for (const [kind, result] of wrong) {
    const app = streams('app');
    const serde: Serde<string> = { name: 'mine', encode: () => result as never, decode: () => 'x' };
    places[place]?.(app.stream(input), serde);
    const driver = testDriver(app);
    const run = async () => {
      driver.input(input).pipe('k', 'v', 1);
      await driver.commit();
    };
    await expect(run().then(() => kind)).rejects.toThrow(/return(ed|s) .*(return a Uint8Array|use mapAsync)/);
  }
});

test('bytes of another realm are bytes', () => {
  const foreign = Object.defineProperty([], Symbol.toStringTag, { value: 'Uint8Array' });
  expect(withHeaders([['a', foreign]])).toEqual([['a', foreign]]);
});

const withHeaders = (list: unknown) => {
  const app = streams('app');
  app
    .stream(input)
    .setHeaders(() => list as never)
    .to(topic('out', { key: string, value: string }));
  const driver = testDriver(app);
  driver.input(input).pipe('k', 'v', 1);
  return driver.output(topic('out', { key: string, value: string })).read()[0]?.headers;
};

test.each([
  ['a text', 'abc'],
  ['a number', 7],
  ['undefined', undefined],
  ['a list', [1]],
])('a header with %s as its value fails its record', (_, value) => {
  expect(() => withHeaders([['trace', value]])).toThrow(/header "trace" .* make headers with headers/);
});

test('a header may be null, in every place', async () => {
  const list = withHeader(headers({ a: null, b: 'text' }), 'c', null);
  expect(withHeaders(list)).toEqual([
    ['a', null],
    ['b', new TextEncoder().encode('text')],
    ['c', null],
  ]);
  expect([headerOf(list, 'a'), headerOf(list, 'z')]).toEqual([null, undefined]);
  const app = streams('app');
  const stream = app.stream(input);
  const table = app.stream(other).toTable({ name: 'table', history: '1h' });
  stream.join(table, (one) => one, { value: string, grace: '1m' }).to(topic('out', { key: string, value: string }));
  stream
    .groupByKey()
    .count({ emit: 'on-commit' })
    .toStream()
    .forEach(() => {});
  const driver = testDriver(app);
  driver.input(other).pipe('k', 'row', 1);
  driver.input(input).pipe('k', 'v', 2, list);
  await driver.commit();
  driver.input(input).pipe('z', 'later', 400_000);
  const read = driver.output(topic('out', { key: string, value: string })).read();
  expect(read.map((one) => one.headers)).toEqual([list]);
});

test.each(['key', 'value', 'headers'] as const)(
  'the embedded log refuses a record with a text as its %s',
  async (part) => {
    const log = embedded();
    const producer = await log.producer({ clientId: 'p' });
    const bytes = new Uint8Array(1);
    const record = { topic: 't', partition: 0, key: bytes, value: bytes, timestamp: 1, headers: [] };
    const admin = await log.admin();
    await admin.create([{ name: 't', partitions: 1, config: {} }]);
    const send = async () => {
      producer.send({ ...record, [part]: part === 'headers' ? [['h', 'text']] : 'text' } as never);
      await producer.flush();
    };
    await expect(send()).rejects.toThrow(/return a Uint8Array/);
    await admin.close();
    await log.close();
  },
);

import { describe, expect, test } from '@jest/globals';
import { by, ConfigError, keyValue, streams, string, TopologyBuilder, TopologyError, topic, within } from 'kstreams';

const lines = topic('lines', { key: string, value: string });
const rows = topic('rows', { key: string, value: string });
const everywhere = topic('everywhere', { key: string, value: string });
const out = topic('out', { key: string, value: string });

/** Returns an application with one object of each kind that a step can take. */
const application = (name: string) => {
  const app = streams(name);
  const stream = app.stream(lines);
  const group = stream.groupByKey();
  return {
    app,
    stream,
    group,
    cogroup: group.cogroup(
      () => '',
      (_, line) => line,
    ),
    table: app.table(rows, { name: `${name}-rows` }),
    global: app.globalTable(everywhere, { name: `${name}-everywhere` }),
  };
};

type Application = ReturnType<typeof application>;

const both = (left: unknown, right: unknown): string => `${left} ${right}`;

/** The steps that take a stream, table or store, by class and method. */
const steps: Readonly<
  Record<string, Readonly<Record<string, readonly ((own: Application, other: Application) => unknown)[]>>>
> = {
  stream: {
    merge: [
      ({ stream }, other) => stream.merge(other.stream),
      ({ stream }, other) => stream.merge([stream, other.stream]),
    ],
    join: [
      ({ stream }, other) => stream.join(other.stream, within('1m'), both),
      ({ stream }, other) => stream.join(other.table, both),
      ({ stream }, other) =>
        stream.join(
          other.global,
          by((line) => line),
          both,
        ),
    ],
    leftJoin: [
      ({ stream }, other) => stream.leftJoin(other.stream, within('1m'), both),
      ({ stream }, other) => stream.leftJoin(other.table, both),
      ({ stream }, other) =>
        stream.leftJoin(
          other.global,
          by((line) => line),
          both,
        ),
    ],
    outerJoin: [({ stream }, other) => stream.outerJoin(other.stream, within('1m'), both)],
    process: [({ stream }, other) => stream.process(() => () => {}, { stores: [storeOf(other)] })],
    processValues: [({ stream }, other) => stream.processValues(() => () => {}, { stores: [storeOf(other)] })],
  },
  table: {
    join: [
      ({ table }, other) => table.join(other.table, both),
      ({ table }, other) =>
        table.join(
          other.table,
          by((row) => row),
          both,
        ),
    ],
    leftJoin: [
      ({ table }, other) => table.leftJoin(other.table, both),
      ({ table }, other) =>
        table.leftJoin(
          other.table,
          by((row) => row),
          both,
        ),
    ],
    outerJoin: [({ table }, other) => table.outerJoin(other.table, both)],
    processValues: [({ table }, other) => table.processValues(() => () => null, { stores: [storeOf(other)] })],
  },
  group: {},
  cogroup: { cogroup: [({ cogroup }, other) => cogroup.cogroup(other.group, (_, line) => line)] },
  global: {},
};

const storeOf = ({ table }: Application) => table.rows.store as NonNullable<typeof table.rows.store>;

/** The methods that take nothing of an application. */
const alone: Readonly<Record<string, string>> = {
  stream:
    'via with filter filterNot map mapValues flatMap flatMapValues selectKey setHeaders peek forEach print split match ' +
    'groupBy groupByKey repartition to toTable mapAsync flatMapAsync filterAsync forEachAsync mapBatch processAsync',
  table: 'with filter filterNot mapValues suppress toStream groupBy',
  group: 'window step edge table valueSerde aggregate reduce count cogroup',
  cogroup: 'window aggregate step table valueSerde',
  global: '',
};

const calls = Object.entries(steps).flatMap(([of, methods]) =>
  Object.entries(methods).flatMap(([method, all]) => all.map((call, at) => ({ of, method, at, call }))),
);

describe('a stream, table or store of another application', () => {
  test.each(calls)('is refused at the call: $method of a $of, $at', ({ call }) => {
    const [own, other, namesake] = [application('own'), application('other'), application('own')];
    const before = String(own.app.describe());
    expect(() => call(own, other)).toThrow(/"own" takes (store )?"[^"]+" of (application )?"other"/);
    expect(() => call(own, namesake)).toThrow(
      /"own" takes (store )?"[^"]+" of another (application|topology) named "own"/,
    );
    expect(String(own.app.describe())).toBe(before);
  });

  test.each(calls)('is taken from the same one: $method of a $of, $at', ({ call }) => {
    const own = application('own');
    expect(() => call(own, own)).not.toThrow();
  });

  test.each(Object.keys(steps))('no method of a %s is forgotten', (of) => {
    const prototype = Object.getPrototypeOf(application('own')[of as 'stream']);
    const methods = Object.entries(Object.getOwnPropertyDescriptors(prototype))
      .filter(([name, { value }]) => typeof value === 'function' && name !== 'constructor')
      .map(([name]) => name);
    const listed = [...Object.keys(steps[of] ?? {}), ...(alone[of] ?? '').split(' ').filter((name) => name !== '')];
    expect(listed.sort()).toEqual(methods.sort());
  });

  test('is refused with both names and the remedy', () => {
    const { stream } = application('own');
    const { stream: foreign } = application('other');
    const call = () => stream.merge(foreign, { name: 'both' });
    expect(call).toThrow(
      'both in application "own" takes "source-0" of application "other": read both inputs in one application',
    );
    expect(call).toThrow(ConfigError);
  });
});

describe('a node or store of another topology', () => {
  const builder = (name: string) => {
    const topology = new TopologyBuilder(name);
    return { topology, source: topology.addSource('lines', lines) };
  };
  const processor = () => () => {};

  test.each([
    [
      'addProcessor',
      (own: TopologyBuilder, { source }: ReturnType<typeof builder>) =>
        own.addProcessor('keep', { parents: [source], processor }),
    ],
    [
      'addSink',
      (own: TopologyBuilder, { source }: ReturnType<typeof builder>) =>
        own.addSink('out', { parents: [source], topic: out }),
    ],
    [
      'connect',
      (own: TopologyBuilder, { source }: ReturnType<typeof builder>) =>
        own.connect(source, keyValue('kept', { key: string, value: string })),
    ],
    ['connect with the store of a table', (own: TopologyBuilder) => own.connect('keep', storeOf(application('other')))],
    [
      'addProcessor with the store of a table',
      (own: TopologyBuilder) =>
        own.addProcessor('keep', { parents: ['lines'], processor, stores: [storeOf(application('other'))] }),
    ],
  ])('is refused by %s', (_, call) => {
    const { topology } = builder('own');
    expect(() => call(topology, builder('other'))).toThrow(/of topology "own" takes (node|store) "[^"]+" of "other"/);
    expect(() => call(topology, builder('other'))).toThrow(TopologyError);
  });

  test('a spec of a store may be used by several applications', () => {
    const kept = keyValue('kept', { key: string, value: string });
    for (const name of ['one', 'two']) {
      const app = streams(name);
      app.stream(lines).process(processor, { stores: [kept] });
      expect(() => app.build()).not.toThrow();
    }
  });
});

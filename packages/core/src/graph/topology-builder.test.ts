import { describe, expect, test } from '@jest/globals';
import { type Context, keyValue, record, type StreamRecord, TopologyBuilder, topic } from '@kstreams/core';
import { double, string } from '@kstreams/serde';
import { testDriver } from '@kstreams/testing';

const lines = topic('lines', { key: string, value: string });
const more = topic('more', { key: string, value: string });
const totals = topic('totals', { key: string, value: double });
const seen = keyValue('seen', { key: string, value: double });

const written = (records: StreamRecord<unknown, unknown>[]) =>
  records.map(({ key, value, timestamp }) => [key, value, timestamp]);

/** A processor that counts the records of each key in a store. */
const counter = (context: Context<string, number>) => {
  const counts = context.store(seen);
  return ({ key, timestamp }: StreamRecord<string, string>) => {
    const count = (counts.get(key) ?? 0) + 1;
    counts.put(key, count, timestamp);
    context.forward(record(key, count, timestamp));
  };
};

const pass = ({ forward }: Context<string, string>) => forward;

describe('a topology without the chain', () => {
  test('a processor reads several parents and keeps a store', () => {
    const builder = new TopologyBuilder('app');
    const one = builder.addSource('one', lines);
    const other = builder.addSource('other', more);
    const count = builder.addProcessor('count', { parents: [one, other], stores: [seen], processor: counter });
    builder.addSink('out', { parents: [count], topic: totals });
    const driver = testDriver(builder.build());
    driver.input(lines).pipe('a', 'x', 1);
    driver.input(more).pipe('a', 'y', 2);
    driver.input(lines).pipe('b', 'z', 3);
    expect(written(driver.output(totals).read())).toEqual([
      ['a', 1, 1],
      ['a', 2, 2],
      ['b', 1, 3],
    ]);
    expect(driver.store(seen).get('a')).toBe(2);
  });

  test('parents may be added later, and stores connected by name', () => {
    const builder = new TopologyBuilder('app');
    builder.addSink('out', { parents: ['count'], topic: totals });
    builder.connect('count', 'seen');
    builder.addProcessor('count', { parents: ['in'], processor: counter });
    builder.addStore(seen);
    builder.addSource('in', lines);
    const topology = builder.build();
    expect(topology.nodes.map(({ id }) => id)).toEqual(['in', 'count', 'out']);
    const driver = testDriver(topology);
    driver.input(lines).pipe('a', 'x', 1);
    expect(written(driver.output(totals).read())).toEqual([['a', 1, 1]]);
  });

  test('processors that share a store run in one task', () => {
    const builder = new TopologyBuilder('app');
    builder.addSource('one', lines);
    builder.addSource('other', more);
    builder.addProcessor('count', { parents: ['one'], stores: [seen], processor: counter });
    builder.addProcessor('tell', {
      parents: ['other'],
      stores: [seen],
      processor: (context: Context<string, number>) => {
        const counts = context.store(seen);
        return ({ key, timestamp }: StreamRecord<string, string>) =>
          context.forward(record(key, counts.get(key) ?? 0, timestamp));
      },
    });
    builder.addSink('out', { parents: ['tell'], topic: totals });
    expect(builder.describe().toJSON().subtopologies).toHaveLength(1);
    const driver = testDriver(builder);
    driver.input(lines).pipe('a', 'x', 1);
    driver.input(more).pipe('a', 'how often?', 2);
    expect(written(driver.output(totals).read())).toEqual([['a', 1, 2]]);
  });

  test('a node forwards records to its children in the order in which they were added', () => {
    const builder = new TopologyBuilder('app');
    const order: string[] = [];
    const noting = (name: string) => () => () => void order.push(name);
    builder.addSource('in', lines);
    for (const name of ['c', 'a', 'b']) builder.addProcessor(name, { parents: ['in'], processor: noting(name) });
    testDriver(builder).input(lines).pipe('k', 'v', 1);
    expect(order).toEqual(['c', 'a', 'b']);
  });

  test('a sink writes custom headers, timestamps and partitions', () => {
    const builder = new TopologyBuilder('app');
    builder.addSource('in', lines);
    builder.addSink('out', {
      parents: ['in'],
      topic: more,
      headers: ({ value }) => [['length', Uint8Array.of(value.length)]],
      timestamp: ({ timestamp }) => timestamp + 10,
      partitioner: ({ value }) => (value === 'none' ? [] : value === 'twice' ? [0, 0] : undefined),
    });
    const driver = testDriver(builder);
    for (const value of ['once', 'none', 'twice']) driver.input(lines).pipe('a', value, 1);
    const records = driver.output(more).read();
    expect(written(records)).toEqual([
      ['a', 'once', 11],
      ['a', 'twice', 11],
      ['a', 'twice', 11],
    ]);
    expect(records[0]?.headers).toEqual([['length', Uint8Array.of(4)]]);
  });

  test('a sink chooses the topic of each record', () => {
    const builder = new TopologyBuilder('app');
    builder.addSource('in', lines);
    builder.addSink('out', { parents: ['in'], topic: { key: string, value: string, choose: ({ value }) => value } });
    const driver = testDriver(builder);
    for (const name of ['east', 'west', 'east']) driver.input(lines).pipe('a', name, 1);
    expect(driver.output(topic('east', lines))).toHaveLength(2);
    expect(driver.output(topic('west', lines))).toHaveLength(1);
  });

  test('a topology is frozen, and the builder continues', () => {
    const builder = new TopologyBuilder('app');
    builder.addSource('in', lines);
    const first = builder.build();
    builder.addProcessor('pass', { parents: ['in'], processor: pass });
    expect(first.nodes).toHaveLength(1);
    expect(builder.build().nodes).toHaveLength(2);
    expect(Object.isFrozen(first) && Object.isFrozen(first.nodes) && first.nodes.every(Object.isFrozen)).toBe(true);
  });
});

describe('refuses invalid topologies and names the nodes:', () => {
  const refused = (write: (builder: TopologyBuilder) => void): (() => unknown) => {
    const builder = new TopologyBuilder('app');
    builder.addSource('in', lines);
    write(builder);
    return () => builder.build();
  };

  test('two nodes with one name', () => {
    expect(refused((builder) => builder.addProcessor('in', { parents: ['in'], processor: pass }))).toThrow(
      'two nodes are named "in": give one another name',
    );
  });

  test('an unknown parent', () => {
    expect(refused((builder) => builder.addProcessor('a', { parents: ['inn'], processor: pass }))).toThrow(
      '"a" reads "inn", which is not in this topology',
    );
  });

  test('a processor, or a sink, without parents', () => {
    expect(refused((builder) => builder.addProcessor('a', { parents: [], processor: pass }))).toThrow(
      '"a" has no parents: name at least one',
    );
    expect(refused((builder) => builder.addSink('a', { parents: [], topic: more }))).toThrow(
      '"a" has no parents: name at least one',
    );
  });

  test('a sink with children', () => {
    const write = (builder: TopologyBuilder) => {
      builder.addSink('out', { parents: ['in'], topic: more });
      builder.addProcessor('a', { parents: ['out'], processor: pass });
    };
    expect(refused(write)).toThrow(
      '"a" reads the sink "out", which forwards nothing: read its topic with a source instead',
    );
  });

  test('a cycle below a source, and a cycle without one', () => {
    const write = (first: string) => (builder: TopologyBuilder) => {
      builder.addProcessor('a', { parents: [first, 'c'], processor: pass });
      builder.addProcessor('b', { parents: ['a'], processor: pass });
      builder.addProcessor('c', { parents: ['b'], processor: pass });
    };
    expect(refused(write('in'))).toThrow('nodes form a cycle: "a" → "b" → "c" → "a"');
    expect(refused(write('c'))).toThrow('nodes form a cycle: "a" → "b" → "c" → "a"');
    expect(refused((builder) => builder.addProcessor('a', { parents: ['a'], processor: pass }))).toThrow(
      'nodes form a cycle: "a" → "a"',
    );
  });

  test('nodes without a source', () => {
    const orphan = { kind: 'processor', operator: 'orphan', stores: [], key: 'kept', value: 'kept' } as const;
    const write = (builder: TopologyBuilder) => {
      builder.append({ ...orphan, id: 'a', inputs: [{ by: 'lookup', from: 'in' }], open: () => [] });
      builder.addProcessor('b', { parents: ['a'], processor: pass });
    };
    expect(refused(write)).toThrow('no source reaches "a", "b": connect them to one');
  });

  test('a store that was not added, or is connected to a node that is not a processor', () => {
    expect(
      refused((builder) => builder.addProcessor('a', { parents: ['in'], stores: ['seen'], processor: pass })),
    ).toThrow('processor "a" uses store "seen", which was not added: call addStore with it');
    expect(refused((builder) => builder.connect('in', seen))).toThrow(
      'store "seen" is connected to "in", which is not a processor of this topology',
    );
    expect(refused((builder) => builder.connect('nobody', seen))).toThrow('"nobody", which is not a processor');
  });

  test('a store that is added twice, unused, or has the name of another', () => {
    const twin = keyValue('seen', { key: string, value: double });
    const addTwice = (builder: TopologyBuilder) => {
      builder.addStore(seen);
      builder.addStore(twin);
    };
    expect(() => refused(addTwice)).toThrow('store "seen" was added twice: give one another name');
    expect(refused((builder) => builder.addStore(seen))).toThrow(
      'no processor uses store "seen": connect or remove it',
    );
    const useTwin = (builder: TopologyBuilder) =>
      builder.addProcessor('a', { parents: ['in'], stores: [twin], processor: pass });
    const message = 'two stores are named "seen": rename one, or share one spec to share the store';
    expect(refused((builder) => [builder.addStore(seen), useTwin(builder)])).toThrow(message);
    const write = (builder: TopologyBuilder) => {
      useTwin(builder);
      builder.addProcessor('b', { parents: ['in'], stores: [seen], processor: counter });
    };
    expect(refused(write)).toThrow(message);
  });

  test('a topic that is read twice, by name or by a pattern that matches the whole name', () => {
    expect(refused((builder) => builder.addSource('again', [more, lines]))).toThrow(
      'topic "lines" is read by "in" and "again": read it once, and connect both readers to that node',
    );
    const pattern = (source: RegExp) => (builder: TopologyBuilder) =>
      builder.addSource('all', { pattern: source, key: string, value: string });
    expect(refused(pattern(/l.*s/))).toThrow('topic "lines" is read by "in" and "all"');
    expect(refused(pattern(/l.*e|ine/))).not.toThrow();
  });

  test('an invalid name', () => {
    expect(() => new TopologyBuilder('my app')).toThrow('an application cannot be named "my app"');
    expect(() => keyValue('a/b', { key: string, value: double })).toThrow('a store cannot be named "a/b"');
    expect(() => topic('', { value: string })).toThrow('a topic cannot be named ""');
  });
});

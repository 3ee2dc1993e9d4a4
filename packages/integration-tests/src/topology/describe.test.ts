import { describe, expect, test } from '@jest/globals';
import { by, double, json, keyValue, streams, string, TopologyBuilder, topic, tumbling, within } from 'kstreams';

const lines = topic('lines', { key: string, value: string });
const counts = topic('counts', { key: string, value: double });

const wordCount = () => {
  const app = streams('words');
  app
    .stream(lines)
    .flatMapValues((line) => line.split(' '), { value: string })
    .groupBy((word) => word, { key: string })
    .count()
    .toStream()
    .to(counts);
  return app;
};

const shop = () => {
  const orders = topic('orders', { key: string, value: json<{ customer: string; total: number }>() });
  const payments = topic('payments', { key: string, value: double });
  const customers = topic('customers', { key: string, value: string });
  const regions = topic('regions', { key: string, value: string });
  const app = streams('shop');
  const placed = app.stream(orders);
  placed
    .outerJoin(app.stream(payments), within('10m'), (order, paid) => (order?.total ?? 0) - (paid ?? 0), {
      name: 'due',
      value: double,
    })
    .to(counts);
  placed
    .selectKey((order) => order.customer, { key: string })
    .leftJoin(app.table(customers), (_, name) => name ?? '', { value: string })
    .join(
      app.globalTable(regions, { name: 'regions' }),
      by((name) => name),
      (name, region) => name + region,
      { value: string },
    )
    .to(lines);
  app.stream({ pattern: /refunds-.*/, key: string, value: double }).to({
    key: string,
    value: double,
    choose: ({ key }) => key,
  });
  return app;
};

describe('as text', () => {
  test('a repartitioned topology, with unnamed parts marked', () => {
    expect(String(wordCount().describe())).toBe(`Topology words

Sub-topology 0
  source-0 (source) reads lines
    → flat-map-values-0
  flat-map-values-0 (flat-map-values)
    → group-by-0
  group-by-0 (group-by)
    → count-0-sink
  count-0-sink (sink) writes words-count-0-repartition

Sub-topology 1
  count-0-source (source) reads words-count-0-repartition
    → count-0
  count-0 (count) keeps count-0
    → to-stream-0
  to-stream-0 (to-stream)
    → to-0
  to-0 (sink) writes counts
  Stores
    count-0: key-value, string → count, changelog words-count-0-changelog (unnamed)

Internal topics
  words-count-0-repartition: repartition, cleanup.policy=delete, retention.ms=-1, segment.bytes=52428800, message.timestamp.type=CreateTime, message.timestamp.before.max.ms=9223372036854775807, message.timestamp.after.max.ms=9223372036854775807 (unnamed)
  words-count-0-changelog: changelog, cleanup.policy=compact, delete.retention.ms=86400000, message.timestamp.type=CreateTime, message.timestamp.before.max.ms=9223372036854775807, message.timestamp.after.max.ms=9223372036854775807 (unnamed)
  words-placement: placement, cleanup.policy=delete

Unnamed: a change of the topology may rename these, and their rows are lost
  repartition count-0: give count-0 a name
  store count-0: give count-0 a name
`);
  });

  test('joins, lookups, patterns, global tables and topics chosen per record', () => {
    expect(String(shop().describe())).toBe(`Topology shop

Sub-topology 0
  source-0 (source) reads orders
    → due, select-key-0
  source-1 (source) reads payments
    → due
  due (stream-join) keeps due-left, due-right, due-unmatched
    → to-0
  to-0 (sink) writes counts
  select-key-0 (select-key)
    → left-join-0-sink
  left-join-0-sink (sink) writes shop-left-join-0-repartition
  Stores
    due-left: join-buffer, string → json, changelog shop-due-left-changelog
    due-right: join-buffer, string → double, changelog shop-due-right-changelog
    due-unmatched: unmatched, string → json, changelog shop-due-unmatched-changelog

Sub-topology 1
  table-source-0 (source) reads customers
    → table-0
  table-0 (table) keeps table-0
  left-join-0-source (source) reads shop-left-join-0-repartition
    → left-join-0
  left-join-0 (lookup-join) looks up table-0
    → join-0
  join-0 (lookup-join) looks up regions
    → to-1
  to-1 (sink) writes lines
  Stores
    table-0: key-value, string → string, restored from customers

Sub-topology 2
  source-2 (source) reads all topics that match /refunds-.*/
    → to-2
  to-2 (sink) writes a topic chosen for each record

Global tables
  regions reads all of regions, keeps regions: key-value, string → string, restored from regions

Internal topics
  shop-left-join-0-repartition: repartition, cleanup.policy=delete, retention.ms=-1, segment.bytes=52428800, message.timestamp.type=CreateTime, message.timestamp.before.max.ms=9223372036854775807, message.timestamp.after.max.ms=9223372036854775807 (unnamed)
  shop-due-left-changelog: changelog, cleanup.policy=delete, retention.ms=87600000, message.timestamp.type=CreateTime, message.timestamp.before.max.ms=9223372036854775807, message.timestamp.after.max.ms=9223372036854775807
  shop-due-right-changelog: changelog, cleanup.policy=delete, retention.ms=87600000, message.timestamp.type=CreateTime, message.timestamp.before.max.ms=9223372036854775807, message.timestamp.after.max.ms=9223372036854775807
  shop-due-unmatched-changelog: changelog, cleanup.policy=compact, delete.retention.ms=86400000, message.timestamp.type=CreateTime, message.timestamp.before.max.ms=9223372036854775807, message.timestamp.after.max.ms=9223372036854775807
  shop-2-tasks: tasks, cleanup.policy=delete
  shop-placement: placement, cleanup.policy=delete

Topics that need equal partition counts
  orders, payments
  shop-left-join-0-repartition, customers

Unnamed: a change of the topology may rename these, and their rows are lost
  repartition left-join-0: give left-join-0 a name
`);
  });

  test('async steps, with their order and batch limits', () => {
    const app = streams('asking');
    app
      .stream(lines)
      .mapAsync(async (line) => line, { concurrency: 100, order: 'none', value: string })
      .mapBatch(async (batch) => batch, {
        perSecond: 5,
        maxSize: 500,
        maxWait: '50ms',
        bisectOnError: true,
        value: string,
      })
      .processAsync(async () => undefined, { name: 'charges', state: string });
    expect(String(app.describe())).toContain(`
  map-async-0 (map-async) calls in any order, at most 100 at once
    → map-batch-0
  map-batch-0 (map-batch) calls in the order of keys, at most 16 at once, 5 per second, batches of at most 500 records or 1048576 bytes, after at most 50 ms, bisected on errors
    → charges
  charges (process-async) calls in the order of keys, at most 16 at once, keeps charges
`);
    const { subtopologies } = JSON.parse(JSON.stringify(app.describe()));
    expect(subtopologies[0].nodes.map(({ calls }: { calls?: object }) => calls)).toEqual([
      undefined,
      { order: 'none', concurrency: 100, attempts: 1 },
      {
        order: 'key',
        concurrency: 16,
        perSecond: 5,
        attempts: 1,
        batch: { maxSize: 500, maxWait: 50, maxBytes: 1_048_576, bisectOnError: true },
      },
      { order: 'key', concurrency: 16, attempts: 1 },
    ]);
  });

  test('a topology builder, with an unlogged store', () => {
    const builder = new TopologyBuilder('low');
    const seen = keyValue('seen', { key: string, value: double, changelog: false });
    builder.addSource('in', [lines, topic('more', { key: string, value: string })]);
    builder.addProcessor('keep', { parents: ['in'], stores: [seen], processor: () => () => {} });
    expect(String(builder.describe())).toBe(`Topology low

Sub-topology 0
  in (source) reads lines, more
    → keep
  keep (processor) keeps seen
  Stores
    seen: key-value, string → double, not logged

Internal topics
  low-placement: placement, cleanup.policy=delete
`);
  });
});

describe('as JSON', () => {
  test('survives serialization', () => {
    const { name, subtopologies, internalTopics, unnamed } = JSON.parse(JSON.stringify(wordCount().describe()));
    expect(name).toBe('words');
    expect(subtopologies[1].nodes).toEqual([
      { kind: 'source', id: 'count-0-source', topics: ['words-count-0-repartition'], key: 'string', value: 'string' },
      {
        kind: 'processor',
        id: 'count-0',
        operator: 'count',
        parents: ['count-0-source'],
        lookups: [],
        stores: ['count-0'],
      },
      { kind: 'processor', id: 'to-stream-0', operator: 'to-stream', parents: ['count-0'], lookups: [], stores: [] },
      { kind: 'sink', id: 'to-0', parents: ['to-stream-0'], topic: 'counts', key: 'string', value: 'double' },
    ]);
    expect(internalTopics[1]).toEqual({
      kind: 'changelog',
      name: 'words-count-0-changelog',
      named: false,
      partitions: null,
      config: {
        'cleanup.policy': 'compact',
        'delete.retention.ms': '86400000',
        'message.timestamp.type': 'CreateTime',
        'message.timestamp.before.max.ms': '9223372036854775807',
        'message.timestamp.after.max.ms': '9223372036854775807',
      },
    });
    expect(unnamed).toEqual([
      { kind: 'repartition', name: 'count-0', nodes: ['count-0'] },
      { kind: 'store', name: 'count-0', nodes: ['count-0'] },
    ]);
  });

  test('naming the step names everything derived from it', () => {
    const app = streams('words');
    app
      .stream(lines)
      .groupBy((word) => word, { key: string })
      .window(tumbling('1h', { grace: '5m' }))
      .count({ name: 'hourly' });
    const { internalTopics, unnamed } = app.describe().toJSON();
    expect(unnamed).toEqual([]);
    expect(internalTopics.map(({ name, config }) => [name, config['retention.ms']])).toEqual([
      ['words-hourly-repartition', '-1'],
      ['words-hourly-changelog', String((60 + 5 + 24 * 60) * 60_000)],
      ['words-placement', undefined],
    ]);
  });

  test('shows requested partition counts of repartitions', () => {
    const app = streams('words');
    app
      .stream(lines)
      .repartition({ name: 'wide', partitions: 7 })
      .to(topic('out', { key: string, value: string }));
    expect(
      app
        .describe()
        .toJSON()
        .internalTopics.map(({ name, partitions }) => [name, partitions]),
    ).toEqual([['words-wide-repartition', 7]]);
  });

  test('equal topologies give equal descriptions', () => {
    expect(JSON.stringify(shop().describe())).toBe(JSON.stringify(shop().describe()));
    expect(shop().describe().toMermaid()).toBe(shop().describe().toMermaid());
  });
});

/** A right call of every public function and constructor, and of every method beside the chain's. */

import { TimestampSchema } from '@bufbuild/protobuf/wkt';
import * as aggregates from '@kstreams/aggregates';
import { avro } from '@kstreams/avro';
import { bigtable } from '@kstreams/bigtable';
import { main, Supervisor } from '@kstreams/cli';
import { compressed } from '@kstreams/codecs';
import { embedded as embeddedLog } from '@kstreams/embedded';
import { gcs } from '@kstreams/gcs';
import { inspector, inspectorHandler } from '@kstreams/inspector';
import { kafkaJs } from '@kstreams/kafka-js';
import { level, levelLog, stateSlots } from '@kstreams/level';
import { msgpack } from '@kstreams/msgpack';
import { openTelemetry } from '@kstreams/opentelemetry';
import { postgres } from '@kstreams/postgres';
import { metricsServer, prometheus } from '@kstreams/prometheus';
import { protobuf } from '@kstreams/protobuf';
import { queries, queryServer } from '@kstreams/query';
import { queryClient } from '@kstreams/query/client';
import { redis } from '@kstreams/redis';
import { schemaRegistry } from '@kstreams/registry';
import { jsonSchema } from '@kstreams/registry/json-schema';
import { s3 } from '@kstreams/s3';
import { simulate } from '@kstreams/simulation';
import { folder, snapshots } from '@kstreams/snapshots';
import * as steps from '@kstreams/steps';
import { quiet } from '@kstreams/test-support/quiet-logger';
import {
  bucketChecks,
  byteStoreChecks,
  logStorageChecks,
  serdeChecks,
  slowStore,
  TestClock,
  TestDriver,
  TestStore,
  testDriver,
  transportChecks,
} from '@kstreams/testing';
import * as kstreams from 'kstreams';
import {
  type App,
  type Context,
  embedded,
  keyValue,
  memory,
  start,
  streams,
  string,
  type Table,
  TopologyBuilder,
  topic,
  type View,
  type Windowed,
} from 'kstreams';
import { cached } from 'kstreams/authors';
import { kafka } from 'kstreams/kafka';

import { EMPTY } from 'rxjs';
import { chainExamples } from './chain-examples.js';
import type { Examples, Given } from './example.js';

const text = { key: string, value: string };
const lines = topic('lines', text);
const reminders = kstreams.timers('reminders', { key: string });
const sessions = keyValue('sessions', { ...text, ttl: '1d' });
const app = () => streams('app', { defaults: text });

/** Calls a method of a processor's context. */
const inContext = (use: (context: Context<string, string>) => unknown): void => {
  const one = app();
  const open = (context: Context<string, string>) => {
    use(context);
    return () => {};
  };
  one.stream(lines).process(open, { stores: [reminders, sessions] });
  testDriver(one);
};

/** Opens an async step, whose processor passes results to `done`. */
const inAsyncStep = (done: () => void): void => {
  const one = app();
  const buffer = { records: 1, bytes: 1 };
  one.stream(lines).via({
    name: 'call',
    key: 'kept',
    value: 'kept',
    async: { order: 'none', concurrency: 1, attempts: 1, backoff: () => 0, buffer },
    processor: (context) => context.calls({ one: async () => 1 }, done),
  });
  testDriver(one);
};

const newLog = async () => {
  const transport = embedded();
  await (await transport.admin()).create([{ name: 'lines', partitions: 1, config: {} }]);
  return transport;
};

const whileRunning = async (act: (running: App, table: Table<string, string>) => void): Promise<void> => {
  const one = app();
  const table = one.table(lines, { name: 'rows' });
  const running = await start(one, { transport: await newLog(), state: memory(), logger: quiet });
  try {
    act(running, table);
  } finally {
    await running.close();
  }
};

const runOnce = async (options: Given): Promise<void> => {
  const one = app();
  one.stream(lines).forEach(() => {});
  const running = await start(one, options);
  await running.close();
};

const counts = () => {
  const one = app();
  const table = one.stream(lines).groupByKey().window(kstreams.tumbling('1m')).count({ name: 'counts' });
  return testDriver(one).view(table) as View<Windowed<string>, number>;
};
const [from, to] = [
  { key: 'a', start: 0, end: 60_000 },
  { key: 'b', start: 0, end: 60_000 },
];

const remote = {
  owner: 'a',
  getMany: async () => [],
  scan: async function* () {},
  commit: async () => {},
  clear: async () => {},
  close: async () => {},
};

/** A schema that accepts everything. */
const standard = { '~standard': { version: 1, vendor: 'test', validate: (value: unknown) => ({ value }) } } as const;

const supervised = {
  script: 'app.js',
  rest: [],
  processes: 1,
  deadline: 0,
  instanceIds: true,
  nodeOptions: [],
  variables: {},
  clock: new TestClock(),
  fork: () => {},
  print: () => {},
};

/** The examples by the names of `publicCalls`. */
export const examples: Examples = {
  ...chainExamples,
  'App.view': ({ options }) => whileRunning((running, table) => running.view(table, options)),
  'App.view/2': ({ options }) => whileRunning((running) => running.view('rows', options)),
  'App.watchEdges': ({ watcher }) => whileRunning((running) => running.watchEdges(watcher)),
  'Context.calls': ({ done }) => inAsyncStep(done),
  'Context.clock': ({ advanced }) => inContext((context) => context.clock(advanced)),
  'Context.onClose': ({ release }) => inContext((context) => context.onClose(release)),
  'Context.onExpiry': ({ act }) => inContext((context) => context.onExpiry(sessions, act)),
  'Context.onIdle': ({ act }) => inContext((context) => context.onIdle('1s', act)),
  'Context.onCaughtUp': ({ due, act }) => inContext((context) => context.onCaughtUp(due, act)),
  'Context.schedule': ({ options, punctuate }) =>
    inContext((context) => context.schedule('1s', 'wall', punctuate, options)),
  'Context.timers': ({ fire }) => inContext((context) => context.timers(reminders, fire)),
  Supervisor: { run: ({ options }) => new Supervisor(options), needs: supervised },
  TestDriver: ({ options }) => new TestDriver(app(), options),
  'TestStore.open': ({ options }) => TestStore.open(keyValue('rows', text), options),
  'TestStore.record': async ({ work, options }) => (await TestStore.open(keyValue('rows', text))).record(work, options),
  TopologyBuilder: ({ options }) => new TopologyBuilder('app', options),
  'TopologyBuilder.addProcessor': {
    run: ({ options }) => new TopologyBuilder('app').addProcessor('process', options),
    needs: { parents: ['lines'], processor: () => () => {} },
  },
  'TopologyBuilder.addSink': {
    run: ({ options }) => new TopologyBuilder('app').addSink('to', options),
    needs: { parents: ['lines'], topic: lines },
  },
  'TopologyBuilder.addSource': ({ options }) => new TopologyBuilder('app').addSource('lines', lines, options),
  'TransportCheck.run': ({ open, options }) =>
    transportChecks[0]?.run(typeof open === 'function' ? async () => embedded() : open, options),
  'View.all': ({ order }) => counts().all(order),
  'View.fetch': ({ order }) => counts().fetch('a', 0, 1, order),
  'View.prefix': ({ order }) => counts().prefix('a' as never, order),
  'View.range': ({ order }) => counts().range(from, to, order),
  'SchemaRegistry.serde': ({ options }) => schemaRegistry({ url: 'http://localhost' }).serde(avro('string'), options),
  avro: ({ options }) => avro('string', options),
  backoff: ({ options }) => kstreams.backoff(1, options),
  boundaries: ({ options }) => kstreams.boundaries([0, 1], options),
  by: ({ keyOf }) => kstreams.by(keyOf),
  bigtable: {
    run: ({ options }) => bigtable(options as never),
    needs: { table: { id: 'states', getRows: () => {}, mutate: () => {}, row: () => {} }, space: 'app-0' },
  },
  bucketChecks: ({ options }) => bucketChecks(options),
  byteStoreChecks: {
    run: ({ manifest }) => byteStoreChecks(manifest),
    needs: { durable: true, remote: false, fenced: false, damage: false },
  },
  cached: ({ options }) => cached(remote, options),
  calendar: { run: ({ options }) => kstreams.calendar('day', options), needs: { zone: 'UTC' } },
  compressed: ({ options }) => compressed(string, options),
  cron: { run: ({ options }) => kstreams.cron('0 0 * * *', options), needs: { zone: 'UTC' } },
  embedded: ({ options }) => embedded(options),
  'embedded of its package': ({ options }) => embeddedLog(options),
  fromAsyncIterable: {
    run: ({ options }) => kstreams.fromAsyncIterable((async function* () {})(), lines, options),
    needs: { transport: await newLog() },
  },
  fromObservable: {
    run: ({ options }) => kstreams.fromObservable(EMPTY, lines, options),
    needs: { transport: await newLog() },
  },
  gcs: {
    run: ({ options }) => gcs(options as never),
    needs: { bucket: { name: 'states', file: () => {}, getFiles: () => {} } },
  },
  hopping: { run: ({ options }) => kstreams.hopping('1m', options), needs: { advance: '10s' } },
  inspector: ({ options }) => inspector(options),
  inspectorHandler: ({ options }) => inspectorHandler(options),
  json: ({ options }) => kstreams.json(undefined as never, options),
  jsonSchema: ({ options }) => jsonSchema({ type: 'object' }, options),
  kafka: { run: ({ options }) => kafka(options as never), needs: { brokers: 'localhost:9092' } },
  kafkaJs: { run: ({ options }) => kafkaJs(options as never), needs: { brokers: 'localhost:9092' } },
  kafkaWindowed: { run: ({ options }) => kstreams.kafkaWindowed(string, options as never), needs: { size: '1m' } },
  keyValue: { run: ({ options }) => keyValue('rows', options), needs: text },
  level: ({ options }) => level(options),
  levelLog: ({ options }) => levelLog('log', options),
  logStorageChecks: ({ options }) => logStorageChecks(options),
  main: { run: ({ environment }) => main(['run', 'missing.js'], environment), needs: { print: () => {} } },
  metricsServer: ({ options }) => metricsServer(prometheus(), options),
  msgpack: ({ options }) => msgpack(options),
  'msgpack/2': ({ options }) => msgpack(standard, options),
  openTelemetry: ({ options }) => openTelemetry(options),
  postgres: {
    run: ({ options }) => postgres(options as never),
    needs: { pool: { query: () => {}, connect: () => {} }, space: 'app-0' },
  },
  prometheus: ({ options }) => prometheus(options),
  protobuf: ({ options }) => protobuf(TimestampSchema, options),
  queryClient: ({ options }) => queryClient('http://localhost', options),
  queries: { run: ({ options }) => queries(options as never), needs: { authorize: () => true } },
  queryServer: { run: ({ options }) => queryServer(options as never), needs: { authorize: () => true } },
  redis: {
    run: ({ options }) => redis(options as never),
    needs: { client: { sendCommand: () => {} }, space: 'app-0' },
  },
  s3: {
    run: ({ options }) => s3(options as never),
    needs: { bucket: 'states', region: 'eu-central-1', credentials: { accessKeyId: 'a', secretAccessKey: 'b' } },
  },
  's3/2': {
    run: ({ withClient }) => s3(withClient as never),
    needs: { client: { send: () => {} }, bucket: 'states' },
  },
  schemaRegistry: { run: ({ options }) => schemaRegistry(options as never), needs: { url: 'http://localhost' } },
  serdeChecks: { run: ({ samples }) => serdeChecks(string, samples as never), needs: { values: ['a'] } },
  session: ({ options }) => kstreams.session('1m', options),
  simulate: { run: ({ options }) => simulate(app(), options), needs: { seeds: 1, input: [] } },
  sliding: ({ options }) => kstreams.sliding('1m', options),
  slowStore: ({ options }) => slowStore(memory(), options),
  snapshots: ({ options }) => snapshots(memory(), folder('states'), options),
  stateSlots: { run: ({ options }) => stateSlots('no-such-folder', options), needs: { verify: false } },
  start: {
    run: ({ options }) => runOnce(options),
    needs: { transport: await newLog(), state: memory(), logger: quiet },
  },
  streams: ({ options }) => streams('app', options),
  testDriver: ({ options }) => testDriver(app(), options),
  timers: { run: ({ options }) => kstreams.timers('reminders', options), needs: { key: string } },
  toAsyncIterable: {
    run: ({ options }) => kstreams.toAsyncIterable(lines, options),
    needs: { transport: await newLog() },
  },
  toObservable: { run: ({ options }) => kstreams.toObservable(lines, options), needs: { transport: await newLog() } },
  topic: { run: ({ serdes }) => topic('lines', serdes), needs: { value: string } },
  debounce: { run: ({ options }) => steps.debounce(options), needs: { name: 'waiting', ...text, wait: '1s' } },
  dedupe: {
    run: ({ options }) => steps.dedupe(options),
    needs: { name: 'ids', key: string, by: String, within: '1s' },
  },
  throttle: { run: ({ options }) => steps.throttle(options), needs: { name: 'keys', key: string, every: '1s' } },
  avg: ({ of }) => aggregates.avg(of),
  collect: ({ of }) => aggregates.collect(of),
  distinct: ({ of }) => aggregates.distinct(of),
  max: ({ of }) => aggregates.max(of),
  min: ({ of }) => aggregates.min(of),
  quantiles: ({ of }) => aggregates.quantiles(of, { p50: 0.5 }),
  sum: ({ of }) => aggregates.sum(of),
  topN: ({ by }) => aggregates.topN(3, by),
  tumbling: ({ options }) => kstreams.tumbling('1m', options),
  unlimited: ({ options }) => kstreams.unlimited(options),
  untilTimeLimit: ({ options }) => kstreams.untilTimeLimit('1s', options),
  untilWindowCloses: ({ limits }) => kstreams.untilWindowCloses(limits),
  versioned: { run: ({ options }) => kstreams.versioned('rows', options), needs: { ...text, history: 0 } },
  window: ({ options }) => kstreams.window({ name: 'all', longest: 1, of: () => [] }, options),
  within: ({ options }) => kstreams.within('1m', options),
  'within/2': ({ window }) => kstreams.within(window),
};

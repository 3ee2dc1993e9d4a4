/** Spans and metrics of applications, with the SDK of OpenTelemetry. */
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { openTelemetry } from '@kstreams/opentelemetry';
import { quiet } from '@kstreams/test-support/quiet-logger';
import { context, type SpanContext, SpanStatusCode, trace } from '@opentelemetry/api';
import { AsyncLocalStorageContextManager } from '@opentelemetry/context-async-hooks';
import {
  AlwaysOffSampler,
  BasicTracerProvider,
  InMemorySpanExporter,
  type ReadableSpan,
  type Sampler,
  SimpleSpanProcessor,
} from '@opentelemetry/sdk-trace-base';
import {
  embedded,
  fromAsyncIterable,
  headerOf,
  headers,
  memory,
  type RecordHeaders,
  type StartOptions,
  type Streams,
  start,
  streams,
  string,
  toAsyncIterable,
  topic,
  within,
} from 'kstreams';

const words = topic('words', { key: string, value: string });
const others = topic('others', { key: string, value: string });
const results = topic('results', { key: string, value: string });

const traceIds = ['1', '2', '3'].map((digit) => digit.repeat(32));
/** Returns the headers of a trace: the first, second or third. */
const traced = (index: number, flags = '01'): RecordHeaders =>
  headers({ traceparent: `00-${traceIds[index]}-${'a'.repeat(16)}-${flags}`, region: 'north' });

interface Sent {
  readonly to?: typeof words;
  readonly key?: string;
  readonly value?: string;
  readonly headers?: RecordHeaders;
}

interface Run {
  readonly sampler?: Sampler;
  readonly newTraceEvery?: number;
  readonly options?: StartOptions;
  /** The number of results to wait for. */
  readonly results?: number;
}

/** Runs an application over records, one after the other. Returns its spans, and the headers of its results. */
const spansOf = async (
  app: Streams,
  sent: readonly Sent[],
  { newTraceEvery, options, results: wanted, sampler }: Run,
) => {
  const exporter = new InMemorySpanExporter();
  const provider = new BasicTracerProvider({
    ...(sampler && { sampler }),
    spanProcessors: [new SimpleSpanProcessor(exporter)],
  });
  const transport = embedded();
  const admin = await transport.admin();
  await admin.create([words, others, results].map(({ name }) => ({ name, partitions: 1, config: {} })));
  const telemetry = openTelemetry({ tracer: provider.getTracer('test'), ...(newTraceEvery && { newTraceEvery }) });
  const running = await start(app, { transport, state: memory(), logger: quiet, telemetry, ...options });
  await running.running();
  let processed = 0;
  for (const [at, { headers: given = [], key = 'k', to = words, value = 'v' }] of sent.entries()) {
    await fromAsyncIterable(
      (async function* () {
        yield { key, value, timestamp: at, headers: given };
      })(),
      to,
      { transport },
    );
    processed++;
    while (running.counts.processed < processed) await new Promise((resolve) => setImmediate(resolve));
  }
  const read: RecordHeaders[] = [];
  if (wanted !== undefined) {
    for await (const one of toAsyncIterable(results, { transport, from: 'earliest' })) {
      read.push(one.headers);
      if (read.length === wanted) break;
    }
  }
  await running.close();
  await transport.close();
  return { spans: exporter.getFinishedSpans(), read };
};

const named = (spans: readonly ReadableSpan[], start: string): readonly ReadableSpan[] =>
  spans.filter(({ name }) => name.startsWith(start));

const textOf = (all: RecordHeaders, name: string): string => Buffer.from(headerOf(all, name) ?? []).toString();

const idOf = (span: ReadableSpan | undefined): SpanContext | undefined => span?.spanContext();

beforeAll(() => {
  context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable());
});
afterAll(() => context.disable());

describe('a sampled record', () => {
  test('is one trace through maps, async steps and repartitions, and its results go on with it', async () => {
    const app = streams('traced');
    app
      .stream(words)
      .mapValues((value) => value.toUpperCase())
      .mapAsync(async (value) => value, { value: string })
      .groupBy((value) => value, { key: string })
      .reduce((_, value) => value, { name: 'last', value: string })
      .toStream()
      .to(results);
    const { read, spans } = await spansOf(app, [{ headers: traced(0) }], { results: 1 });
    const [first, second] = named(spans, 'process');
    expect(first?.name).toBe('process words');
    expect(second?.name).toMatch(/^process traced-.*-repartition$/);
    expect(first?.parentSpanContext?.spanId).toBe('a'.repeat(16));
    expect(second?.parentSpanContext?.spanId).toBe(idOf(first)?.spanId);
    const [call] = named(spans, 'call map-async-0');
    expect(call?.parentSpanContext?.spanId).toBe(idOf(first)?.spanId);
    expect(new Set([first, second, call].map((span) => idOf(span)?.traceId))).toEqual(new Set([traceIds[0]]));
    expect(first?.attributes).toMatchObject({
      'kstreams.application': 'traced',
      'kstreams.task': '0_0',
      'messaging.system': 'kstreams',
      'messaging.operation.name': 'process',
      'messaging.destination.name': 'words',
      'messaging.destination.partition.id': '0',
      'messaging.kafka.offset': 0,
    });
    expect(read.map((one) => textOf(one, 'traceparent'))).toEqual([`00-${traceIds[0]}-${idOf(second)?.spanId}-01`]);
    expect(read.map((one) => textOf(one, 'region'))).toEqual(['north']);
    expect(named(spans, 'commit').every(({ parentSpanContext }) => parentSpanContext === undefined)).toBe(true);
    expect(named(spans, 'commit').length).toBeGreaterThan(0);
  });

  test('is the active span of its functions, also while calls of others are in flight', async () => {
    const seen: (string | undefined)[] = [];
    const active = (): string | undefined => trace.getActiveSpan()?.spanContext().traceId;
    const app = streams('active');
    let release = (): void => {};
    const both = new Promise<void>((resolve) => {
      release = resolve;
    });
    app
      .stream(words)
      .peek(() => seen.push(active()))
      .mapAsync(
        async (value) => {
          if (value === '1') release();
          await both;
          return `${value} ${active()}`;
        },
        { order: 'none', value: string },
      )
      .peek((value) => seen.push(value))
      .to(results);
    const sent = [0, 1].map((index) => ({ value: String(index), headers: traced(index) }));
    await spansOf(app, sent, {});
    expect(seen).toEqual(expect.arrayContaining([traceIds[0], traceIds[1], `0 ${traceIds[0]}`, `1 ${traceIds[1]}`]));
  });

  test('of a join links to the record of the other side, not to its own side', async () => {
    const app = streams('joined');
    app
      .stream(words)
      .join(app.stream(others), within('1m'), (left, right) => left + right, { value: string })
      .to(results);
    const sent = [{ headers: traced(0) }, { headers: traced(1) }, { to: others, headers: traced(2) }];
    const { spans } = await spansOf(app, sent, {});
    const [left, again, right] = named(spans, 'process');
    expect(left?.links).toEqual([]);
    expect(again?.links).toEqual([]);
    expect(right?.links.map(({ context: { traceId } }) => traceId)).toEqual([traceIds[0], traceIds[1]]);
  });

  test('of an aggregate links to the last traced record of its key', async () => {
    const app = streams('counted');
    app.stream(words).groupByKey().count({ name: 'counts' });
    const sent = [{ headers: traced(0) }, { key: 'other', headers: traced(1) }, {}, { headers: traced(2) }];
    const { spans } = await spansOf(app, sent, {});
    const links = named(spans, 'process').map((span) => span.links.map(({ context: { traceId } }) => traceId));
    expect(links).toEqual([[], [], [traceIds[0]]]);
  });

  test('that fails has the error', async () => {
    const app = streams('failing');
    app.stream(words).mapValues((value) => {
      if (value === 'bad') throw new Error('a bad word');
      return value;
    });
    const sent = [{ value: 'bad', headers: traced(0) }];
    const { spans } = await spansOf(app, sent, { options: { onError: () => 'skip' } });
    const [span] = named(spans, 'process');
    expect(span?.status).toMatchObject({ code: SpanStatusCode.ERROR, message: expect.stringContaining('a bad word') });
    expect(span?.events.map(({ name }) => name)).toEqual(['exception']);
  });
});

test('a call for a batch links to the records of all its traces', async () => {
  const app = streams('batched');
  app
    .stream(words)
    .mapBatch(async (values: readonly string[]) => values, { maxSize: 2, maxWait: '1h', value: string })
    .to(results);
  const sent = [
    { key: 'a', headers: traced(0) },
    { key: 'b', headers: traced(1) },
  ];
  const { spans } = await spansOf(app, sent, { results: 2 });
  const [call] = named(spans, 'call map-batch-0');
  expect(call?.parentSpanContext).toBeUndefined();
  expect(call?.links.map(({ context: { traceId } }) => traceId)).toEqual(traceIds.slice(0, 2));
  expect(call?.attributes['messaging.batch.message_count']).toBe(2);
});

describe('a record that is not sampled', () => {
  const copy = (): Streams => {
    const app = streams('copied');
    app.stream(words).to(results);
    return app;
  };

  test('passes with its header unchanged and without a span', async () => {
    const { read, spans } = await spansOf(copy(), [{ headers: traced(0, '00') }, {}], { results: 2 });
    expect(named(spans, 'process')).toEqual([]);
    expect(read).toEqual([traced(0, '00'), []]);
  });

  test('by the sampler of the program passes on as not sampled', async () => {
    const run = { sampler: new AlwaysOffSampler(), results: 1 };
    const { read, spans } = await spansOf(copy(), [{ headers: traced(0) }], run);
    expect(spans).toEqual([]);
    expect(read.map((one) => textOf(one, 'traceparent'))).toEqual([expect.stringMatching(/-00$/)]);
  });

  test('begins a trace if it is one in `newTraceEvery` of those without a trace', async () => {
    const { read, spans } = await spansOf(copy(), [{}, {}, {}, {}], { newTraceEvery: 3, results: 4 });
    expect(named(spans, 'process').map(({ attributes }) => attributes['messaging.kafka.offset'])).toEqual([0, 3]);
    expect(read.map((one) => one.length)).toEqual([1, 0, 0, 1]);
  });
});

/** The exporters of OpenTelemetry send the metrics and spans of an application to a receiver. */
import { once } from 'node:events';
import { createServer, type IncomingMessage } from 'node:http';
import { expect, test } from '@jest/globals';
import { openTelemetry } from '@kstreams/opentelemetry';
import { OTLPMetricExporter } from '@opentelemetry/exporter-metrics-otlp-http';
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-http';
import {
  AggregationTemporality,
  InstrumentType,
  MeterProvider,
  PeriodicExportingMetricReader,
} from '@opentelemetry/sdk-metrics';
import { BasicTracerProvider, BatchSpanProcessor } from '@opentelemetry/sdk-trace-base';
import { embedded, fromAsyncIterable, headers, memory, start, streams, string, topic } from 'kstreams';

const words = topic('words', { key: string, value: string });
const traceId = '0af7651916cd43dd8448eb211c80319c';

interface KeyValue {
  readonly key: string;
  readonly value: { readonly stringValue?: string; readonly intValue?: number };
}

interface Metric {
  readonly name: string;
  readonly unit: string;
  readonly sum?: { readonly isMonotonic: boolean; readonly dataPoints: readonly DataPoint[] };
  readonly gauge?: { readonly dataPoints: readonly DataPoint[] };
  readonly histogram?: { readonly dataPoints: readonly (DataPoint & { readonly explicitBounds: readonly number[] })[] };
}

interface DataPoint {
  readonly attributes: readonly KeyValue[];
  readonly asDouble?: number;
  readonly asInt?: number;
}

interface Payload {
  readonly resourceMetrics?: readonly { readonly scopeMetrics: readonly { readonly metrics: readonly Metric[] }[] }[];
  readonly resourceSpans?: readonly {
    readonly scopeSpans: readonly { readonly spans: readonly { readonly name: string; readonly traceId: string }[] }[];
  }[];
}

/** Exports no series of a gauge that has ended, as the guide shows. */
class EndingGauges extends OTLPMetricExporter {
  override selectAggregationTemporality(type: InstrumentType): AggregationTemporality {
    const { CUMULATIVE, DELTA } = AggregationTemporality;
    return type === InstrumentType.OBSERVABLE_GAUGE ? DELTA : CUMULATIVE;
  }
}

/** Receives OTLP over HTTP in JSON. */
const receiver = async () => {
  const payloads: Payload[] = [];
  const server = createServer(async (request, response) => {
    payloads.push(JSON.parse(await bodyOf(request)));
    response.writeHead(200, { 'content-type': 'application/json' }).end('{}');
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as { port: number };
  return { payloads, server, url: `http://127.0.0.1:${port}` };
};

const bodyOf = async (request: IncomingMessage): Promise<string> => {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk);
  return Buffer.concat(chunks).toString();
};

test('spans and metrics reach a receiver in their units, and series end with their application', async () => {
  const { payloads, server, url } = await receiver();
  const tracers = new BasicTracerProvider({
    spanProcessors: [new BatchSpanProcessor(new OTLPTraceExporter({ url: `${url}/v1/traces` }))],
  });
  const exporter = new EndingGauges({ url: `${url}/v1/metrics` });
  const meters = new MeterProvider({
    readers: [new PeriodicExportingMetricReader({ exporter, exportIntervalMillis: 3_600_000 })],
  });
  const metricsOf = (): readonly Metric[] =>
    (payloads.findLast(({ resourceMetrics }) => resourceMetrics !== undefined)?.resourceMetrics ?? []).flatMap(
      ({ scopeMetrics }) => scopeMetrics.flatMap(({ metrics }) => metrics),
    );
  const metric = (name: string): Metric | undefined => metricsOf().find((one) => one.name === name);
  try {
    const transport = embedded();
    const app = streams('exported');
    app.stream(words).groupByKey().count({ name: 'counts' });
    const telemetry = openTelemetry({ meter: meters.getMeter('test'), tracer: tracers.getTracer('test') });
    const running = await start(app, { transport, state: memory(), telemetry, commitInterval: 0 });
    await running.running();
    await fromAsyncIterable(
      (async function* () {
        const traced = headers({ traceparent: `00-${traceId}-b7ad6b7169203331-01` });
        for (let i = 0; i < 10; i++) yield { key: 'k', value: 'v', timestamp: i, headers: i === 0 ? traced : [] };
      })(),
      words,
      { transport },
    );
    while (running.counts.commits === 0 || running.counts.processed < 10) await new Promise((go) => setImmediate(go));
    await meters.forceFlush();
    const processed = metric('kstreams.records.processed');
    expect(processed).toMatchObject({ unit: '{record}', sum: { isMonotonic: true } });
    expect(processed?.sum?.dataPoints.map(({ asDouble, asInt }) => asInt ?? asDouble)).toEqual([10]);
    expect(processed?.sum?.dataPoints[0]?.attributes).toEqual(
      expect.arrayContaining([
        { key: 'messaging.destination.name', value: { stringValue: 'words' } },
        { key: 'kstreams.application', value: { stringValue: 'exported' } },
      ]),
    );
    expect(metric('kstreams.lag')?.gauge?.dataPoints.map(({ asDouble, asInt }) => asInt ?? asDouble)).toEqual([0]);
    const latency = metric('kstreams.record.latency');
    expect(latency?.unit).toBe('s');
    expect(latency?.histogram?.dataPoints[0]?.explicitBounds.at(-1)).toBe(60);
    await running.close();
    await transport.close();
    await meters.forceFlush();
    expect(metric('kstreams.lag')?.gauge?.dataPoints ?? []).toEqual([]);
    await tracers.forceFlush();
    const spans = payloads.flatMap(({ resourceSpans = [] }) =>
      resourceSpans.flatMap(({ scopeSpans }) => scopeSpans.flatMap((scope) => scope.spans)),
    );
    expect(spans.filter(({ name }) => name === 'process words').map((span) => span.traceId)).toEqual([traceId]);
    expect(spans.some(({ name }) => name === 'commit')).toBe(true);
  } finally {
    await Promise.allSettled([meters.shutdown(), tracers.shutdown()]);
    server.close();
    server.closeAllConnections();
  }
});

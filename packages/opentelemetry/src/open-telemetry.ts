import { checkOptions, type OptionChecks, option, type TracingTelemetry } from '@kstreams/core/graph';
import type { Meter, Tracer } from '@opentelemetry/api';
import { ApplicationTracing } from './application-tracing.js';
import { MeterMetrics } from './meter-metrics.js';

/** Options of {@link openTelemetry}. */
export interface OpenTelemetryOptions {
  /** Receives the metrics; none are exported unless set. */
  readonly meter?: Meter;
  /** Creates the spans; nothing is traced unless set. */
  readonly tracer?: Tracer;
  /**
   * Begins a trace with one in this many of the records without a `traceparent`; with none of them unless set. The sampler of
   * the tracer has the last word.
   */
  readonly newTraceEvery?: number;
}

/**
 * Creates a telemetry for OpenTelemetry. The program brings the SDK with its exporters. Counters and gauges are observable
 * instruments, read at each export; histograms are sampled. Records with a sampled `traceparent` header get a span.
 *
 * @example
 * import { metrics, trace } from '@opentelemetry/api'
 * const telemetry = openTelemetry({ meter: metrics.getMeter('shop'), tracer: trace.getTracer('shop') })
 * const running = await start(shop, { telemetry })
 */
export const openTelemetry = (options: OpenTelemetryOptions): TracingTelemetry => {
  checkOptions('openTelemetry', options, openTelemetryOptions);
  const { meter, newTraceEvery, tracer } = options;
  const metrics = new MeterMetrics(meter);
  return {
    counter: (...series) => metrics.counter(...series),
    gauge: (...series) => metrics.gauge(...series),
    histogram: (...series) => metrics.histogram(...series),
    tracing: tracer && ((application) => new ApplicationTracing(application, { tracer, newTraceEvery })),
  };
};

const openTelemetryOptions: OptionChecks<OpenTelemetryOptions> = {
  meter: option.having('a meter, such as metrics.getMeter("shop")', 'createObservableCounter', 'createHistogram'),
  tracer: option.having('a tracer, such as trace.getTracer("shop")', 'startSpan'),
  newTraceEvery: option.count,
};

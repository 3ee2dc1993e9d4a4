import {
  type Attributes,
  type Cancel,
  ConfigError,
  checkOptions,
  type Histogram,
  type Instrument,
  messageOf,
  type OptionChecks,
  option,
  type Telemetry,
} from '@kstreams/core/graph';
import { type Metric, Registry } from 'prom-client';
import { Family } from './family.js';

/** Options of {@link prometheus}. */
export interface PrometheusOptions {
  /** The registry of prom-client that gets the metrics. Default a new one. */
  readonly register?: Registry;
}

/** Receives the metrics of applications, for the option `telemetry` of `start`. */
export interface PrometheusTelemetry extends Telemetry {
  /** The registry with the metrics. `register.metrics()` returns the text of a scrape. */
  readonly register: Registry;
}

/**
 * Creates a telemetry for Prometheus. Counters and gauges are read at a scrape, from memory; a scrape never waits for a
 * broker or a disk. Several applications of a process may share it: each metric has the label `kstreams_application`.
 *
 * @example
 * const metrics = prometheus()
 * const running = await start(shop, { telemetry: metrics, extensions: [metricsServer(metrics, { port: 9464 })] })
 */
export const prometheus = (options: PrometheusOptions = {}): PrometheusTelemetry => {
  checkOptions('prometheus', options, prometheusOptions);
  return new PrometheusMetrics(options.register ?? new Registry());
};

const prometheusOptions: OptionChecks<PrometheusOptions> = {
  register: option.having('a Registry of prom-client', 'metrics', 'registerMetric'),
};

class PrometheusMetrics implements PrometheusTelemetry {
  readonly register: Registry;
  readonly #families = new Map<string, Family>();

  constructor(register: Registry) {
    this.register = register;
  }

  counter(instrument: Instrument<'counter'>, attributes: Attributes, read: () => number): Cancel {
    return this.#familyOf(instrument).series.counter(instrument, attributes, read);
  }

  gauge(instrument: Instrument<'gauge'>, attributes: Attributes, read: () => number | undefined): Cancel {
    return this.#familyOf(instrument).series.gauge(instrument, attributes, read);
  }

  histogram(instrument: Instrument<'histogram'>, attributes: Attributes): Histogram {
    return this.#familyOf(instrument).series.histogram(instrument, attributes);
  }

  #familyOf(instrument: Instrument): Family {
    const known = this.#families.get(instrument.name);
    if (known !== undefined) return known;
    const family = new Family(instrument);
    try {
      this.register.registerMetric(family as unknown as Metric);
    } catch (thrown) {
      throw new ConfigError(`${messageOf(thrown)} Use another registry of prom-client for kstreams.`, thrown);
    }
    this.#families.set(instrument.name, family);
    return family;
  }
}

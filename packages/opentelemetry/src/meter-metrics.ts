import {
  type Attributes,
  type Cancel,
  type Histogram,
  type Instrument,
  latencyLimits,
  MetricRegistry,
} from '@kstreams/core/graph';
import type { Meter, Histogram as MeterHistogram } from '@opentelemetry/api';

/** Passes the series of applications to a meter. */
export class MeterMetrics {
  readonly #meter: Meter | undefined;
  /** The series of observed instruments, by name. */
  readonly #observed = new Map<string, MetricRegistry>();
  readonly #histograms = new Map<string, MeterHistogram>();

  constructor(meter: Meter | undefined) {
    this.#meter = meter;
  }

  counter(instrument: Instrument<'counter'>, attributes: Attributes, read: () => number): Cancel {
    return this.#seriesOf(instrument).counter(instrument, attributes, read);
  }

  gauge(instrument: Instrument<'gauge'>, attributes: Attributes, read: () => number | undefined): Cancel {
    return this.#seriesOf(instrument).gauge(instrument, attributes, read);
  }

  /** A meter keeps the series of a histogram, also after its removal. Histograms have no partition among their attributes. */
  histogram(instrument: Instrument<'histogram'>, attributes: Attributes): Histogram {
    const histogram = this.#histogramOf(instrument);
    return { record: (value) => histogram?.record(value, attributes), remove: () => {} };
  }

  /** Returns the series of an instrument, observed at each export. */
  #seriesOf(instrument: Instrument): MetricRegistry {
    const { description, kind, name, unit } = instrument;
    const known = this.#observed.get(name);
    if (known !== undefined) return known;
    const series = new MetricRegistry();
    this.#observed.set(name, series);
    const options = { description, unit };
    const observable =
      kind === 'counter'
        ? this.#meter?.createObservableCounter(name, options)
        : this.#meter?.createObservableGauge(name, options);
    observable?.addCallback((result) => {
      for (const { attributes, value } of series.collect()) {
        if (typeof value === 'number') result.observe(value, attributes);
      }
    });
    return series;
  }

  #histogramOf({ description, limits = latencyLimits, name, unit }: Instrument): MeterHistogram | undefined {
    const known = this.#histograms.get(name);
    if (known !== undefined || this.#meter === undefined) return known;
    const advice = { explicitBucketBoundaries: [...limits] };
    const histogram = this.#meter.createHistogram(name, { description, unit, advice });
    this.#histograms.set(name, histogram);
    return histogram;
  }
}

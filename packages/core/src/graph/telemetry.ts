import type { Cancel } from './clock.js';

/** The kind of an instrument: a total that only grows, a current value, or a distribution. */
export type InstrumentKind = 'counter' | 'gauge' | 'histogram';

/** A value of an attribute. */
export type AttributeValue = string | number | boolean;

/** The attributes of one series of an instrument, by name. */
export type Attributes<A extends string = string> = Readonly<Record<A, AttributeValue>>;

/**
 * The declaration of an instrument. Names and units follow the semantic conventions of OpenTelemetry: base units, and no
 * unit or `total` in the name.
 *
 * @example
 * const requests = {
 *   kind: 'counter',
 *   name: 'shop.requests',
 *   unit: '{request}',
 *   description: 'Requests to the shop.',
 *   attributes: ['http.response.status_code'],
 * } as const satisfies Instrument
 */
export interface Instrument<K extends InstrumentKind = InstrumentKind, A extends string = string> {
  readonly kind: K;
  readonly name: string;
  /** The unit in UCUM notation: `s`, `By`, `1`, or a noun in braces such as `{record}`. */
  readonly unit: string;
  /** One sentence for users. */
  readonly description: string;
  /** The names of the attributes. Each series has a value for each of them. */
  readonly attributes: readonly A[];
  /** The upper limits of a histogram's buckets, ascending; {@link latencyLimits} by default. */
  readonly limits?: readonly number[];
}

/** The default limits of histograms, in seconds: from 0.1 ms to 60 s. */
export const latencyLimits: readonly number[] = [
  0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60,
];

/** One series of a histogram. */
export interface Histogram {
  /** Adds a value, in the unit of the instrument. */
  record(value: number): void;
  /** Removes the series. */
  remove(): void;
}

/**
 * Receives the metrics of an application, for an exporter. Counters and gauges are plain numbers of the application that
 * `read` returns at each collection, so that counting costs an increment. Histograms receive their values; those of
 * single records are sampled.
 *
 * A series with the instrument and attributes of another one replaces it.
 *
 * @example
 * const metrics = new MetricRegistry()
 * const app = await start(shop, { telemetry: metrics })
 * for (const point of metrics.collect()) console.log(point.instrument.name, point.attributes, point.value)
 */
export interface Telemetry {
  /** Adds a series of a counter. `read` returns its total, which never decreases. Returns the removal of the series. */
  counter<A extends string>(
    instrument: Instrument<'counter', A>,
    attributes: Attributes<NoInfer<A>>,
    read: () => number,
  ): Cancel;
  /**
   * Adds a series of a gauge. `read` returns its current value from memory, without a request; `undefined` while there is
   * none, and then nothing is exported. Returns the removal of the series.
   */
  gauge<A extends string>(
    instrument: Instrument<'gauge', A>,
    attributes: Attributes<NoInfer<A>>,
    read: () => number | undefined,
  ): Cancel;
  /** Adds a series of a histogram. */
  histogram<A extends string>(instrument: Instrument<'histogram', A>, attributes: Attributes<NoInfer<A>>): Histogram;
}

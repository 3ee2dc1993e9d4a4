import type { Attributes, Cancel, Histogram, Instrument, Telemetry } from '@kstreams/core/graph';

/** Adds attributes to every series, and removes the series that are left when it is closed. */
export class ScopedTelemetry implements Telemetry {
  readonly #telemetry: Telemetry;
  readonly #attributes: Attributes;
  readonly #series = new Set<Cancel>();
  #closed = false;

  constructor(telemetry: Telemetry, attributes: Attributes) {
    this.#telemetry = telemetry;
    this.#attributes = attributes;
  }

  counter(instrument: Instrument<'counter'>, attributes: Attributes, read: () => number): Cancel {
    return this.#add(() => this.#telemetry.counter(instrument, this.#scoped(attributes), read));
  }

  gauge(instrument: Instrument<'gauge'>, attributes: Attributes, read: () => number | undefined): Cancel {
    return this.#add(() => this.#telemetry.gauge(instrument, this.#scoped(attributes), read));
  }

  histogram(instrument: Instrument<'histogram'>, attributes: Attributes): Histogram {
    if (this.#closed) return { record: () => {}, remove: () => {} };
    const histogram = this.#telemetry.histogram(instrument, this.#scoped(attributes));
    return { record: (value) => histogram.record(value), remove: this.#add(() => () => histogram.remove()) };
  }

  /** Removes all series. Later ones are ignored. */
  close(): void {
    this.#closed = true;
    for (const remove of [...this.#series]) remove();
  }

  #add(register: () => Cancel): Cancel {
    if (this.#closed) return () => {};
    const cancel = register();
    const remove = (): void => {
      if (this.#series.delete(remove)) cancel();
    };
    this.#series.add(remove);
    return remove;
  }

  #scoped(attributes: Attributes): Attributes {
    return { ...attributes, ...this.#attributes };
  }
}

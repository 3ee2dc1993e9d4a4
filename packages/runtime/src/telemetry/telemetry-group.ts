import type { Attributes, Cancel, Histogram, Instrument, Telemetry } from '@kstreams/core/graph';

/** Returns a telemetry that passes everything to each of some; the only one as it is, `undefined` without one. */
export const telemetryGroup = (members: readonly Telemetry[]): Telemetry | undefined =>
  members.length < 2 ? members[0] : new TelemetryGroup(members);

class TelemetryGroup implements Telemetry {
  readonly #members: readonly Telemetry[];

  constructor(members: readonly Telemetry[]) {
    this.#members = members;
  }

  counter(instrument: Instrument<'counter'>, attributes: Attributes, read: () => number): Cancel {
    return this.#each((one) => one.counter(instrument, attributes, read));
  }

  gauge(instrument: Instrument<'gauge'>, attributes: Attributes, read: () => number | undefined): Cancel {
    return this.#each((one) => one.gauge(instrument, attributes, read));
  }

  histogram(instrument: Instrument<'histogram'>, attributes: Attributes): Histogram {
    const series = this.#members.map((one) => one.histogram(instrument, attributes));
    return {
      record: (value) => {
        for (const one of series) one.record(value);
      },
      remove: () => {
        for (const one of series) one.remove();
      },
    };
  }

  #each(add: (member: Telemetry) => Cancel): Cancel {
    const removals = this.#members.map(add);
    return () => {
      for (const remove of removals) remove();
    };
  }
}

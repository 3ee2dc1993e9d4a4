import type { Attributes, Instrument, Telemetry } from '@kstreams/core/graph';

/** A total that only grows. Code that counts increments the field. */
export class Counter {
  total = 0;
}

/** The totals of one instrument, one per combination of attributes. They are kept until the application is closed. */
export class CounterSet<A extends string> {
  readonly #instrument: Instrument<'counter', A>;
  readonly #telemetry: Telemetry | undefined;
  readonly #counters = new Map<string, readonly [attributes: Attributes<A>, counter: Counter]>();

  constructor(instrument: Instrument<'counter', A>, telemetry: Telemetry | undefined) {
    this.#instrument = instrument;
    this.#telemetry = telemetry;
  }

  /** Returns the counter of a combination of attributes, always the same one. */
  of(attributes: Attributes<NoInfer<A>>): Counter {
    let id = '';
    for (const name of this.#instrument.attributes) id += `${attributes[name]}\n`;
    const found = this.#counters.get(id);
    if (found !== undefined) return found[1];
    const counter = new Counter();
    this.#counters.set(id, [attributes, counter]);
    this.#telemetry?.counter(this.#instrument, attributes, () => counter.total);
    return counter;
  }

  /** The sum over all attributes. */
  get total(): number {
    let sum = 0;
    for (const [, { total }] of this.#counters.values()) sum += total;
    return sum;
  }

  /** Returns the counters in the order of their first use. */
  entries(): Iterable<readonly [attributes: Attributes<A>, counter: Counter]> {
    return this.#counters.values();
  }
}

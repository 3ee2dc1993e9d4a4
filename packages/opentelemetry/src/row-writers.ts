import type { RowEvent } from '@kstreams/core/graph';
import type { Span, SpanContext } from '@opentelemetry/api';

/** The number of rows of a task with known writers. */
const maxRows = 10_000;
/** The number of writers of a row. */
const maxWriters = 8;

/** A row that the current span has read, with the spans that wrote it before. */
type Reads = Map<string, readonly SpanContext[]>;

/**
 * Remembers the last spans that wrote each row, to link the spans that read it later: a join to the records that it joined, an
 * aggregate to the record before. In memory and bounded; gone when the task closes.
 */
export class RowWriters {
  readonly #writers = new Map<string, readonly SpanContext[]>();
  #span: Span | undefined;
  readonly #reads: Reads = new Map();

  /** Runs the work of a span, and links the span to the writers of the rows that it reads. */
  linked<T>(span: Span, work: () => T): T {
    this.#span = span;
    try {
      return work();
    } finally {
      this.#link(span);
      this.#span = undefined;
      this.#reads.clear();
    }
  }

  /**
   * Returns the listener for the rows of a store. A row of a join buffer holds several records, so all its last writers are
   * linked; a span that adds to such a row has not joined its records. Of other rows the last writer is linked.
   */
  listener(store: string, isBuffer: boolean): (row: RowEvent) => void {
    return ({ how, key }) => {
      const span = this.#span;
      if (span === undefined) return;
      const row = `${store}\n${textOf(key)}`;
      if (how === 'read') {
        const writers = this.#writers.get(row);
        if (writers !== undefined && !this.#reads.has(row))
          this.#reads.set(row, isBuffer ? writers : writers.slice(-1));
        return;
      }
      if (isBuffer) this.#reads.delete(row);
      this.#written(row, span.spanContext());
    };
  }

  #written(row: string, writer: SpanContext): void {
    const writers = (this.#writers.get(row) ?? []).filter(({ spanId }) => spanId !== writer.spanId);
    this.#writers.delete(row);
    this.#writers.set(row, [...writers, writer].slice(-maxWriters));
    if (this.#writers.size <= maxRows) return;
    const [oldest] = this.#writers.keys();
    this.#writers.delete(oldest as string);
  }

  #link(span: Span): void {
    const { spanId } = span.spanContext();
    const linked = new Set([spanId]);
    for (const context of [...this.#reads.values()].flat()) {
      if (linked.has(context.spanId)) continue;
      linked.add(context.spanId);
      span.addLink({ context });
    }
  }
}

const textOf = (key: unknown): string =>
  typeof key === 'string' ? key : JSON.stringify(key, (_, part) => (typeof part === 'bigint' ? `${part}n` : part));

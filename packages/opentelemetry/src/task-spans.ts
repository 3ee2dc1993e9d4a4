import type {
  AnyProcess,
  AnyStoreSpec,
  AsyncCall,
  CallWork,
  NodeId,
  RecordSource,
  RowEvent,
  StreamRecord,
  TaskTracing,
} from '@kstreams/core/graph';
import {
  type Attributes,
  type Context,
  isSpanContextValid,
  ROOT_CONTEXT,
  type Span,
  type SpanContext,
  SpanKind,
  trace,
} from '@opentelemetry/api';
import type { TracingOptions } from './application-tracing.js';
import { attribute, spanName } from './names.js';
import { RowWriters } from './row-writers.js';
import { runInSpan } from './run-in-span.js';
import { isUnsampled, sampledTraceOf, withTrace } from './trace-headers.js';

/** Options of the spans of a task. */
export interface TaskSpansOptions extends TracingOptions {
  /** The kind of the log. */
  readonly system: string;
  /** The attributes of all spans of the task. */
  readonly attributes: Attributes;
}

type Records = readonly StreamRecord<unknown, unknown>[];
type Calls = CallWork<unknown, unknown, unknown>;

/** Creates the spans of one task. A record that is not sampled costs a look at its headers. */
export class TaskSpans implements TaskTracing {
  readonly #options: TaskSpansOptions;
  readonly #rows = new RowWriters();

  constructor(options: TaskSpansOptions) {
    this.#options = options;
  }

  source(_: NodeId, process: AnyProcess, at: RecordSource): AnyProcess {
    const { newTraceEvery } = this.#options;
    let untraced = 0;
    return (record) => {
      if (isUnsampled(record.headers)) return process(record);
      const from = sampledTraceOf(record.headers);
      if (from === undefined && (newTraceEvery === undefined || untraced++ % newTraceEvery !== 0)) {
        return process(record);
      }
      this.#process(from, process, record, at);
    };
  }

  calls(node: NodeId, work: Calls): Calls {
    return 'one' in work ? this.#single(node, work.one) : this.#batch(node, work.many);
  }

  rows(spec: AnyStoreSpec): (row: RowEvent) => void {
    return this.#rows.listener(spec.name, spec.kind === 'join-buffer');
  }

  /** Processes a record in a span, with which all that derives from it goes on. */
  #process(
    from: SpanContext | undefined,
    process: AnyProcess,
    record: StreamRecord<unknown, unknown>,
    { offset, partition, topic }: RecordSource,
  ): void {
    const { attributes, system, tracer } = this.#options;
    const parent = contextOf(from);
    const position = { [attribute.topic]: topic, [attribute.partition]: String(partition), [attribute.offset]: offset };
    const operation = { [attribute.operationName]: 'process', [attribute.operationType]: 'process' };
    const group = { [attribute.system]: system, [attribute.group]: attributes[attribute.application] };
    const span = tracer.startSpan(
      spanName.record(topic),
      { kind: SpanKind.CONSUMER, attributes: { ...attributes, ...group, ...operation, ...position } },
      parent,
    );
    const context = span.spanContext();
    const traced = isSpanContextValid(context) ? withTrace(record, context) : record;
    runInSpan(span, parent, () => this.#rows.linked(span, () => process(traced)));
  }

  /** Traces calls with one record: children of the record's span. */
  #single(node: NodeId, one: (record: StreamRecord<unknown, unknown>, call: AsyncCall) => unknown): Calls {
    return {
      one: (record, call) => {
        const from = sampledTraceOf(record.headers);
        if (from === undefined) return one(record, call);
        const parent = contextOf(from);
        return runInSpan(this.#call(node, call, parent), parent, () => one(record, call));
      },
    };
  }

  /** Traces calls with several records: linked to the spans of the records. */
  #batch(node: NodeId, many: Extract<Calls, { readonly many: unknown }>['many']): Calls {
    return {
      many: (records: Records, call: AsyncCall) => {
        const links = records.flatMap(({ headers }) => sampledTraceOf(headers) ?? []).map((context) => ({ context }));
        if (links.length === 0) return many(records, call);
        const span = this.#call(node, call, ROOT_CONTEXT);
        span.setAttribute(attribute.batchSize, records.length);
        span.addLinks(links);
        return runInSpan(span, ROOT_CONTEXT, () => many(records, call));
      },
    };
  }

  #call(node: NodeId, { attempt }: AsyncCall, parent: Context): Span {
    const attributes = { ...this.#options.attributes, [attribute.node]: node, [attribute.attempt]: attempt };
    return this.#options.tracer.startSpan(spanName.call(node), { attributes }, parent);
  }
}

const contextOf = (parent: SpanContext | undefined): Context =>
  parent === undefined ? ROOT_CONTEXT : trace.setSpanContext(ROOT_CONTEXT, parent);

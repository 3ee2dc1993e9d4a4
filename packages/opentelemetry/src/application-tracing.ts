import type { TaskTracing, TracedApplication, TracedTask, Tracing } from '@kstreams/core/graph';
import { type Attributes, ROOT_CONTEXT, type Tracer } from '@opentelemetry/api';
import { attribute, spanName } from './names.js';
import { runInSpan } from './run-in-span.js';
import { TaskSpans } from './task-spans.js';

/** Options of a tracing. */
export interface TracingOptions {
  readonly tracer: Tracer;
  readonly newTraceEvery: number | undefined;
}

/** Creates the spans of an application. */
export class ApplicationTracing implements Tracing {
  readonly #options: TracingOptions;
  readonly #system: string;
  readonly #attributes: Attributes;

  constructor({ name, system }: TracedApplication, options: TracingOptions) {
    this.#options = options;
    this.#system = system;
    this.#attributes = { [attribute.application]: name };
  }

  task({ id, partition }: TracedTask): TaskTracing {
    const attributes = { ...this.#attributes, [attribute.task]: id, [attribute.partition]: String(partition) };
    return new TaskSpans({ ...this.#options, system: this.#system, attributes });
  }

  commit<T>(worker: number, work: () => Promise<T>): Promise<T> {
    const attributes = { ...this.#attributes, [attribute.worker]: worker };
    const span = this.#options.tracer.startSpan(spanName.commit, { attributes }, ROOT_CONTEXT);
    return runInSpan(span, ROOT_CONTEXT, work);
  }
}

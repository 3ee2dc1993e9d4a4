import { isPromise, messageOf, Pending } from '@kstreams/core/graph';
import { type Context, context, type Span, SpanStatusCode, trace } from '@opentelemetry/api';

/**
 * Runs work as the active span, and ends the span with it: when its promise settles, if it returns one. A failure is recorded.
 * Work that waits for a value is repeated, so its span is dropped.
 */
export const runInSpan = <T>(span: Span, parent: Context, work: () => T): T => {
  let result: T;
  try {
    result = context.with(trace.setSpan(parent, span), work);
  } catch (thrown) {
    if (!(thrown instanceof Pending)) endFailed(span, thrown);
    throw thrown;
  }
  if (!isPromise(result)) span.end();
  else {
    result.then(
      () => span.end(),
      (reason) => endFailed(span, reason),
    );
  }
  return result;
};

const endFailed = (span: Span, thrown: unknown): void => {
  const message = messageOf(thrown);
  span.recordException(thrown instanceof Error ? thrown : message);
  span.setStatus({ code: SpanStatusCode.ERROR, message });
  span.end();
};

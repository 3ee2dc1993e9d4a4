import { type Bytes, headerOf, type RecordHeaders, record, type StreamRecord, toUtf8 } from '@kstreams/core/graph';
import { createTraceState, isSpanContextValid, type SpanContext, TraceFlags } from '@opentelemetry/api';

/** The headers of W3C's trace context. */
const traceparent = 'traceparent';
const tracestate = 'tracestate';

/** A version, the ids of a trace and a span, and flags. Later versions may append fields. */
const pattern = /^(?!ff)([0-9a-f]{2})-([0-9a-f]{32})-([0-9a-f]{16})-([0-9a-f]{2})(?:$|-)/;

/** Returns the trace context in headers; `undefined` for a missing or invalid one. */
export const traceOf = (headers: RecordHeaders): SpanContext | undefined => {
  if (headers.length === 0) return undefined;
  const bytes = headerOf(headers, traceparent);
  if (bytes === undefined || bytes === null) return undefined;
  const text = asciiOf(bytes);
  const [, version, traceId = '', spanId = '', flags = ''] = pattern.exec(text) ?? [];
  if (version === '00' && text.length !== length) return undefined;
  const context = { traceId, spanId, traceFlags: Number.parseInt(flags, 16), isRemote: true };
  if (!isSpanContextValid(context)) return undefined;
  const state = headerOf(headers, tracestate);
  return state ? { ...context, traceState: createTraceState(asciiOf(state)) } : context;
};

/** The length of a `traceparent` of version 00. */
const length = 55;
/** The number of bytes of a header that are read. */
const maxLength = 512;

/** Returns the text of ASCII bytes. Others become characters that no trace context has. */
const asciiOf = (bytes: Bytes): string => String.fromCharCode(...bytes.subarray(0, maxLength));

/** True for the context of a sampled trace. */
export const isSampled = ({ traceFlags }: SpanContext): boolean => (traceFlags & TraceFlags.SAMPLED) !== 0;

/** Returns the record with the context of a span as its `traceparent`. Other headers stay, `tracestate` among them. */
export const withTrace = <K, V>(from: StreamRecord<K, V>, context: SpanContext): StreamRecord<K, V> => {
  const flags = context.traceFlags.toString(16).padStart(2, '0');
  const header = [traceparent, toUtf8(`00-${context.traceId}-${context.spanId}-${flags}`)] as const;
  const others = from.headers.filter(([name]) => name !== traceparent);
  return record(from.key, from.value, from.timestamp, [...others, header]);
};

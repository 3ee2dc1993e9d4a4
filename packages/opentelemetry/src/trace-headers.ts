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

/** Returns the trace context in headers if it is sampled. */
export const sampledTraceOf = (headers: RecordHeaders): SpanContext | undefined => {
  if (isUnsampled(headers)) return undefined;
  const context = traceOf(headers);
  return context !== undefined && (context.traceFlags & TraceFlags.SAMPLED) !== 0 ? context : undefined;
};

/**
 * True for headers with a trace that is not sampled. Reads the last digit of the flags only: parsing takes longer than the
 * processing of a record.
 */
export const isUnsampled = (headers: RecordHeaders): boolean => {
  if (headers.length === 0) return false;
  const digit = headerOf(headers, traceparent)?.[length - 1];
  if (digit === undefined) return false;
  // The codes of 0, 2, 4, 6 and 8 are even, those of a, c and e are odd.
  return digit <= nine ? digit % 2 === 0 : digit % 2 === 1;
};

/** The code of the digit 9. */
const nine = 57;

/** Returns the record with the context of a span as its `traceparent`. Other headers stay, `tracestate` among them. */
export const withTrace = <K, V>(from: StreamRecord<K, V>, context: SpanContext): StreamRecord<K, V> => {
  const flags = context.traceFlags.toString(16).padStart(2, '0');
  const header = [traceparent, toUtf8(`00-${context.traceId}-${context.spanId}-${flags}`)] as const;
  const others = from.headers.filter(([name]) => name !== traceparent);
  return record(from.key, from.value, from.timestamp, [...others, header]);
};

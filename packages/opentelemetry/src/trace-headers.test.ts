import { describe, expect, test } from '@jest/globals';
import { fromUtf8, headerOf, headers, record, withHeader } from '@kstreams/core/graph';
import fc from 'fast-check';
import { isUnsampled, sampledTraceOf, traceOf, withTrace } from './trace-headers.js';

const trace = '0af7651916cd43dd8448eb211c80319c';
const span = 'b7ad6b7169203331';

test('a context is read from its header, with its state', () => {
  const found = traceOf(headers({ traceparent: `00-${trace}-${span}-01`, tracestate: 'shop=1' }));
  expect(found).toMatchObject({ traceId: trace, spanId: span, traceFlags: 1, isRemote: true });
  expect(found?.traceState?.get('shop')).toBe('1');
});

test('a later version may have more fields and flags', () => {
  const found = traceOf(headers({ traceparent: `cc-${trace}-${span}-03-later` }));
  expect(found).toMatchObject({ traceId: trace, traceFlags: 3 });
});

describe('an invalid header is ignored:', () => {
  test.each([
    ['another version that is forbidden', `ff-${trace}-${span}-01`],
    ['a trace of zeros', `00-${'0'.repeat(32)}-${span}-01`],
    ['a span of zeros', `00-${trace}-${'0'.repeat(16)}-01`],
    ['capital letters', `00-${trace.toUpperCase()}-${span}-01`],
    ['more fields than version 00 has', `00-${trace}-${span}-01-more`],
    ['an endless one', `00-${trace}-${span}-01${'1'.repeat(100_000)}`],
    ['no text', ''],
  ])('%s', (_, traceparent) => {
    expect(traceOf(headers({ traceparent }))).toBeUndefined();
  });
});

test('any bytes are either a context or ignored', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 80 }), (bytes) => {
      const found = traceOf([['traceparent', bytes]]);
      if (found !== undefined) expect(found.traceId).toMatch(/^[0-9a-f]{32}$/);
    }),
  );
  expect(traceOf([['traceparent', null]])).toBeUndefined();
});

const hex = (length: number) =>
  fc.array(fc.constantFrom(...'123456789abcdef'), { minLength: length, maxLength: length }).map((all) => all.join(''));

test('a written context is read again, and other headers stay', () => {
  fc.assert(
    fc.property(hex(32), hex(16), fc.integer({ min: 0, max: 255 }), (traceId, spanId, traceFlags) => {
      const before = withHeader(headers({ traceparent: 'old', tracestate: 'shop=1' }), 'region', 'north');
      const written = withTrace(record('k', 'v', 5, before), { traceId, spanId, traceFlags });
      expect(traceOf(written.headers)).toMatchObject({ traceId, spanId, traceFlags });
      expect(written.headers.map(([name]) => name)).toEqual(['tracestate', 'region', 'traceparent']);
      expect(fromUtf8(headerOf(written.headers, 'region') as Uint8Array)).toBe('north');
    }),
  );
});

test('a context is sampled or not by the last bit of its flags', () => {
  for (let flags = 0; flags < 256; flags++) {
    const traceparent = `00-${trace}-${span}-${flags.toString(16).padStart(2, '0')}`;
    const all = headers({ region: 'north', traceparent });
    expect([isUnsampled(all), sampledTraceOf(all) === undefined]).toEqual([flags % 2 === 0, flags % 2 === 0]);
  }
  for (const none of [[], headers({ region: 'north' }), headers({ traceparent: 'short' })]) {
    expect([isUnsampled(none), sampledTraceOf(none)]).toEqual([false, undefined]);
  }
});

import { expect, test } from '@jest/globals';
import type { Link, Span } from '@opentelemetry/api';
import { RowWriters } from './row-writers.js';

type Access = readonly [how: 'read' | 'write', key: unknown];

/** Runs spans that read and write rows of one store. Returns the spans to which each of them links. */
const linksOf = (isBuffer: boolean, ...spans: readonly (readonly Access[])[]): readonly (readonly string[])[] => {
  const writers = new RowWriters();
  const listener = writers.listener('rows', isBuffer);
  return spans.map((accesses, at) => {
    const links: string[] = [];
    const span = {
      spanContext: () => ({ traceId: 't', spanId: String(at), traceFlags: 1 }),
      addLink: ({ context }: Link) => links.push(context.spanId),
    } as unknown as Span;
    writers.linked(span, () => {
      for (const [how, key] of accesses) listener({ how, key, before: undefined, after: undefined });
    });
    return links;
  });
};

test('a row links to its last writer, once', () => {
  const update: readonly Access[] = [
    ['read', 'a'],
    ['read', 'a'],
    ['write', 'a'],
  ];
  expect(linksOf(false, update, update, [['read', 'b']], update)).toEqual([[], ['0'], [], ['1']]);
});

test('a row of a join buffer links to its last eight writers, and to none in a span that adds to it', () => {
  const add: readonly Access[] = [
    ['read', { key: 1n, segment: 0 }],
    ['write', { key: 1n, segment: 0 }],
  ];
  const adds = Array.from({ length: 10 }, () => add);
  const links = linksOf(true, ...adds, [['read', { key: 1n, segment: 0 }]]);
  expect(links.slice(0, 10).flat()).toEqual([]);
  expect(links[10]).toEqual(['2', '3', '4', '5', '6', '7', '8', '9']);
});

test('the oldest of more than 10,000 rows are forgotten', () => {
  const writes = Array.from({ length: 10_001 }, (_, key): Access => ['write', key]);
  const reads: readonly Access[] = [
    ['read', 0],
    ['read', 1],
  ];
  expect(linksOf(false, writes, reads.slice(0, 1), reads.slice(1))).toEqual([[], [], ['0']]);
});

test('accesses outside of a span are ignored', () => {
  const writers = new RowWriters();
  expect(() => writers.listener('rows', false)({ how: 'read', key: 1, before: 1, after: 1 })).not.toThrow();
});

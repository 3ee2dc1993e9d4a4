import { expect, test } from '@jest/globals';
import { Pending } from '@kstreams/core/graph';
import { ROOT_CONTEXT, type Span } from '@opentelemetry/api';
import { runInSpan } from './run-in-span.js';

/** A span that notes the calls of its methods. */
const noted = () => {
  const calls: string[] = [];
  const note = (name: string) => () => calls.push(name);
  const span = { recordException: note('exception'), setStatus: note('status'), end: note('end') };
  return { calls, span: span as unknown as Span };
};

test('a span ends with its work', () => {
  const { calls, span } = noted();
  expect(runInSpan(span, ROOT_CONTEXT, () => 5)).toBe(5);
  expect(calls).toEqual(['end']);
});

test('a span ends when the promise of its work settles', async () => {
  const { calls, span } = noted();
  const work = Promise.resolve(5);
  expect(runInSpan(span, ROOT_CONTEXT, () => work)).toBe(work);
  expect(calls).toEqual([]);
  await work;
  expect(calls).toEqual(['end']);
});

test('a failure is recorded and thrown, also that of a promise', async () => {
  const failure = new Error('down');
  const [thrown, rejected] = [noted(), noted()];
  expect(() =>
    runInSpan(thrown.span, ROOT_CONTEXT, () => {
      throw failure;
    }),
  ).toThrow(failure);
  await expect(runInSpan(rejected.span, ROOT_CONTEXT, () => Promise.reject(failure))).rejects.toBe(failure);
  expect(thrown.calls).toEqual(['exception', 'status', 'end']);
  expect(rejected.calls).toEqual(['exception', 'status', 'end']);
});

test('a span of work that waits for a value is dropped, since the work is repeated', () => {
  const { calls, span } = noted();
  const pending = new Pending(Promise.resolve());
  expect(() =>
    runInSpan(span, ROOT_CONTEXT, () => {
      throw pending;
    }),
  ).toThrow(pending);
  expect(calls).toEqual([]);
});

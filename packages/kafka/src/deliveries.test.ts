import { expect, test } from '@jest/globals';
import { FencedError, TransportError } from '@kstreams/core/graph';
import { Deliveries } from './deliveries.js';

const zero = { topic: 't', partition: 0 };
const one = { topic: 't', partition: 1 };
/** Whether a promise has settled, once all that was ready has run. */
const settled = async (promise: Promise<unknown>): Promise<boolean> => {
  let done = false;
  void promise.finally(() => (done = true)).catch(() => {});
  await new Promise((resolve) => setImmediate(resolve));
  return done;
};

test('settled waits for what was sent before, partition by partition, and for nothing after', async () => {
  const deliveries = new Deliveries();
  deliveries.sent(zero);
  deliveries.sent(one);
  const before = deliveries.settled();
  deliveries.sent(zero);
  deliveries.reported(null, { ...zero, offset: 0 });
  deliveries.reported(null, { ...zero, offset: 1 });
  expect(await settled(before)).toBe(false);
  deliveries.reported(null, { ...one, offset: 0 });
  expect(await settled(before)).toBe(true);
  expect(await settled(deliveries.settled())).toBe(true);
});

test('drained resolves once the backlog is small enough', async () => {
  const deliveries = new Deliveries();
  for (let i = 0; i < 3; i++) deliveries.sent(zero);
  const drained = deliveries.drained(1);
  deliveries.reported(null, { ...zero, offset: 0 });
  expect(await settled(drained)).toBe(false);
  deliveries.reported(null, { ...zero, offset: 1 });
  expect(await settled(drained)).toBe(true);
  expect(deliveries.unreported).toBe(1);
});

test('the end of a partition is the offset after the last record that arrived, and no failure moves it', () => {
  const deliveries = new Deliveries();
  expect(deliveries.end(zero)).toBeUndefined();
  for (let i = 0; i < 2; i++) deliveries.sent(zero);
  deliveries.reported(null, { ...zero, offset: 41 });
  deliveries.reported({ code: -192, message: 'timed out' }, { ...zero, offset: -1_001 });
  expect(deliveries.end(zero)).toBe(42);
  expect(deliveries.end(one)).toBeUndefined();
});

test('the first failure is told once, with its place', () => {
  const deliveries = new Deliveries();
  for (let i = 0; i < 2; i++) deliveries.sent(one);
  deliveries.reported({ code: -144, message: 'fenced' }, { ...one, offset: -1 });
  deliveries.reported({ code: -192, message: 'timed out' }, { ...one, offset: -1 });
  const failure = deliveries.takeFailure();
  expect(failure).toBeInstanceOf(FencedError);
  expect(failure?.message).toBe('a record cannot be delivered: fenced (-144) (topic t, partition 1)');
  expect(deliveries.takeFailure()).toBeUndefined();
});

test('what a transaction takes back is no failure; outside of that it is', () => {
  const deliveries = new Deliveries();
  for (let i = 0; i < 2; i++) deliveries.sent(zero);
  deliveries.dropping = true;
  deliveries.reported({ code: -152, message: 'purged' }, { ...zero, offset: -1 });
  expect(deliveries.takeFailure()).toBeUndefined();
  deliveries.dropping = false;
  deliveries.reported({ code: -152, message: 'purged' }, { ...zero, offset: -1 });
  expect(deliveries.takeFailure()).toBeInstanceOf(TransportError);
});

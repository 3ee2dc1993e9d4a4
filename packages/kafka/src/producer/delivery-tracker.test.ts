import { expect, test } from '@jest/globals';
import { FencedError, TransportError } from '@kstreams/core/graph';
import { DeliveryTracker } from './delivery-tracker.js';

const zero = { topic: 't', partition: 0 };
const one = { topic: 't', partition: 1 };
const purged = { code: -152, message: 'purged' };

/** True when a promise settles without further events. */
const isSettled = async (promise: Promise<unknown>): Promise<boolean> => {
  let settled = false;
  void promise.finally(() => (settled = true)).catch(() => {});
  await new Promise((resolve) => setImmediate(resolve));
  return settled;
};

test('settled waits for every record sent before it, and for no later one', async () => {
  const deliveries = new DeliveryTracker();
  deliveries.sent(zero);
  deliveries.sent(one);
  const before = deliveries.settled();
  deliveries.sent(zero);
  deliveries.reported(null, { ...zero, offset: 0 });
  deliveries.reported(null, { ...zero, offset: 1 });
  expect(await isSettled(before)).toBe(false);
  deliveries.reported(null, { ...one, offset: 0 });
  expect(await isSettled(before)).toBe(true);
  expect(await isSettled(deliveries.settled())).toBe(true);
});

test('drained resolves when the backlog is small enough', async () => {
  const deliveries = new DeliveryTracker();
  for (let i = 0; i < 3; i++) deliveries.sent(zero);
  const drained = deliveries.drained(1);
  deliveries.reported(null, { ...zero, offset: 0 });
  expect(await isSettled(drained)).toBe(false);
  deliveries.reported(null, { ...zero, offset: 1 });
  expect(await isSettled(drained)).toBe(true);
  expect(deliveries.unreported).toBe(1);
});

test('the end of a partition is the offset after its last acknowledged record', () => {
  const deliveries = new DeliveryTracker();
  expect(deliveries.end(zero)).toBeUndefined();
  for (let i = 0; i < 2; i++) deliveries.sent(zero);
  deliveries.reported(null, { ...zero, offset: 41 });
  deliveries.reported({ code: -192, message: 'timed out' }, { ...zero, offset: -1_001 });
  expect(deliveries.end(zero)).toBe(42);
  expect(deliveries.end(one)).toBeUndefined();
});

test('the first failure is returned once, with its partition', () => {
  const deliveries = new DeliveryTracker();
  for (let i = 0; i < 2; i++) deliveries.sent(one);
  deliveries.reported({ code: -144, message: 'fenced' }, { ...one, offset: -1 });
  deliveries.reported({ code: -192, message: 'timed out' }, { ...one, offset: -1 });
  const failure = deliveries.takeFailure();
  expect(failure).toBeInstanceOf(FencedError);
  expect(failure?.message).toBe('a record cannot be delivered: fenced (-144) (topic t, partition 1)');
  expect(deliveries.takeFailure()).toBeUndefined();
});

test('a purged record is a failure, except during an abort', async () => {
  const deliveries = new DeliveryTracker();
  deliveries.sent(zero);
  const aborted = deliveries.abort(async () => {
    expect(deliveries.reported(purged, { ...zero, offset: -1 })).toBeUndefined();
  });
  await aborted;
  expect(deliveries.takeFailure()).toBeUndefined();
  deliveries.sent(zero);
  expect(deliveries.reported(purged, { ...zero, offset: -1 })).toBeInstanceOf(TransportError);
  expect(deliveries.takeFailure()).toBeInstanceOf(TransportError);
});

test('an abort waits for all reports and forgets earlier failures', async () => {
  const deliveries = new DeliveryTracker();
  for (let i = 0; i < 2; i++) deliveries.sent(zero);
  deliveries.reported({ code: -192, message: 'timed out' }, { ...zero, offset: -1 });
  const aborted = deliveries.abort(async () => {});
  expect(await isSettled(aborted)).toBe(false);
  deliveries.reported(purged, { ...zero, offset: -1 });
  expect(await isSettled(aborted)).toBe(true);
  expect(deliveries.takeFailure()).toBeUndefined();
});

test('a refused record of a transaction ends all waits, since the client sends no other one; the abort waits for all', async () => {
  const deliveries = new DeliveryTracker(true);
  for (let i = 0; i < 3; i++) deliveries.sent(zero);
  const [settled, drained] = [deliveries.settled(), deliveries.drained(0)];
  deliveries.reported({ code: -138, message: 'another one is invalid' }, { ...zero, offset: -1 });
  expect(await isSettled(settled)).toBe(false);
  deliveries.reported({ code: 87, message: 'invalid' }, { ...zero, offset: -1 });
  expect([await isSettled(settled), await isSettled(drained), deliveries.mustAbort]).toEqual([true, true, true]);
  const aborted = deliveries.abort(async () => {});
  expect(await isSettled(aborted)).toBe(false);
  deliveries.reported(purged, { ...zero, offset: -1 });
  expect([await isSettled(aborted), deliveries.mustAbort]).toEqual([true, false]);
});

import { expect, test } from '@jest/globals';
import { type AnySerde, noHeaders, toUtf8 } from '@kstreams/core/graph';
import { InFlightRecords } from '../async/in-flight-records.js';
import { Metrics } from '../telemetry/metrics.js';
import { ParkedRecords } from './parked-records.js';
import { RecordQueue } from './record-queue.js';

const bytes: AnySerde = { name: 'bytes', encode: (value) => value, decode: (value) => value };

const deferred = () => {
  let resolve = (): void => {};
  const promise = new Promise<void>((done) => {
    resolve = done;
  });
  return { promise, resolve };
};

/** A queue with records of these keys, each parked in turn until its promise resolves, or behind others of its key. */
const parking = () => {
  const inFlight = new InFlightRecords();
  const queue = new RecordQueue(
    'lines',
    0,
    { id: 'source', key: bytes, value: bytes, nulls: 'pass' },
    () => {},
    () => 0,
    new Metrics().topic('lines'),
  );
  let woken = 0;
  const parked = new ParkedRecords(inFlight, () => woken++);
  let offset = 0;
  const park = (key: string | null, until?: Promise<unknown>): void => {
    const received = {
      topic: 'lines',
      partition: 0,
      offset: offset++,
      timestamp: 0,
      key: key === null ? null : toUtf8(key),
      value: null,
      headers: noHeaders,
    };
    queue.add(received);
    const record = inFlight.begin(0);
    parked.add(queue, until);
    inFlight.release(record);
    queue.advance();
  };
  const finishAll = (): number[] => {
    const offsets: number[] = [];
    for (let { ready } = parked; ready !== undefined; { ready } = parked) {
      offsets.push(ready.received.offset);
      parked.remove();
    }
    return offsets;
  };
  return { inFlight, parked, park, finishAll, woken: () => woken };
};

const holds = (parked: ParkedRecords, key: string | null): boolean => parked.holds(key === null ? null : toUtf8(key));

test('records of a key wait for its first one, and are ready in order; other keys are independent', async () => {
  const { finishAll, inFlight, park, parked, woken } = parking();
  const [loadA, loadB] = [deferred(), deferred()];
  park('a', loadA.promise);
  park('b', loadB.promise);
  park('a');
  expect([holds(parked, 'a'), holds(parked, 'b'), holds(parked, 'c')]).toEqual([true, true, false]);
  expect([parked.ready, inFlight.count, parked.count]).toEqual([undefined, 3, 3]);
  loadB.resolve();
  await loadB.promise;
  expect([finishAll(), inFlight.count, holds(parked, 'b'), woken()]).toEqual([[1], 2, false, 1]);
  loadA.resolve();
  await loadA.promise;
  expect([finishAll(), inFlight.count, parked.count, woken()]).toEqual([[0, 2], 0, 0, 2]);
});

test('a record that is parked again keeps those behind it waiting', async () => {
  const { finishAll, park, parked } = parking();
  park('a', Promise.resolve());
  park('a');
  await Promise.resolve();
  const again = deferred();
  parked.parkAgain(again.promise);
  expect(parked.ready).toBeUndefined();
  again.resolve();
  await again.promise;
  expect(finishAll()).toEqual([0, 1]);
});

test('records without a key wait for each other, and not for those of an empty key', () => {
  const { park, parked } = parking();
  park(null, new Promise(() => {}));
  expect([holds(parked, null), holds(parked, '')]).toEqual([true, false]);
});

test('is full at its limit', () => {
  const { park, parked } = parking();
  for (let i = 0; i < 999; i++) park(`k${i}`, new Promise(() => {}));
  expect(parked.full).toBe(false);
  park('k0');
  expect(parked.full).toBe(true);
});

import { expect, test } from '@jest/globals';
import { string } from '@kstreams/serde';
import { rollbackLaw, testStoreLaws } from '@kstreams/test-support/store-laws';
import { TestStore } from '@kstreams/testing';
import fc from 'fast-check';
import { type JoinBuffer, joinBuffer } from './join-buffer.js';

const instants = fc.integer({ min: 0, max: 80 });
const retention = 40;

interface BufferModel {
  readonly records: { readonly key: string; readonly timestamp: number; readonly value: string }[];
  newest: number;
}
type BufferCall = readonly ['add' | 'add ahead' | 'burst' | 'probe', key: string, at: number, to: number];

testStoreLaws<JoinBuffer<string, string>, BufferModel, BufferCall>('join buffer', {
  spec: joinBuffer('left', { key: string, value: string, retention, named: true }),
  empty: { records: [], newest: Number.NEGATIVE_INFINITY },
  calls: fc.tuple(fc.constantFrom('add', 'add ahead', 'burst', 'probe'), fc.constantFrom('a', 'b'), instants, instants),
  seen: [
    ['probe', 'a', 0, 200],
    ['probe', 'b', 0, 200],
  ],
  act: (store, [call, key, at, to]) => {
    if (call === 'probe') return store.probe(key, at, to);
    for (const one of arrivals(call, at, to)) store.add(key, one.timestamp, one.value, one.counted);
    return undefined;
  },
  model: (model, [call, key, at, to]) => {
    if (call === 'probe') {
      return model.records
        .filter((one) => one.key === key && one.timestamp >= at && one.timestamp <= to)
        .filter((one) => one.timestamp > model.newest - retention)
        .sort((a, b) => a.timestamp - b.timestamp)
        .map(({ timestamp, value }) => ({ timestamp, value }));
    }
    for (const one of arrivals(call, at, to)) {
      model.newest = Math.max(model.newest, one.counted);
      if (one.timestamp > model.newest - retention) model.records.push({ key, ...one });
    }
    return undefined;
  },
});

/** One record, possibly out of turn, or enough records to fill runs, in any order of time. */
const arrivals = (call: string, at: number, to: number) =>
  Array.from({ length: call === 'burst' ? 30 : 1 }, (_, i) => {
    const timestamp = at + ((i * 7) % 11);
    return { timestamp, counted: call === 'add ahead' ? Math.min(at, to) : timestamp, value: `${at} ${to} ${i}` };
  });

rollbackLaw('join buffer', joinBuffer('rows', { key: string, value: string, retention: 10, named: true }), (store) => {
  for (let i = 0; i < 100; i++) store.add('a', 5, '1');
});

test('a record out of turn is logged with its timestamp, so the changelog keeps it long enough', async () => {
  const store = await TestStore.open(joinBuffer('left', { key: string, value: string, retention: 10, named: true }));
  await store.record((buffer) => buffer.add('a', 100, 'ahead', 5));
  await store.record((buffer) => buffer.add('a', 6, 'in its turn'));
  await store.commit();
  expect(store.changelog.map(({ timestamp }) => timestamp)).toEqual([100, 100, 100]);
  expect(store.store.newest).toBe(6);
});

test('advancing time without a record expires older ones, also after a restart', async () => {
  const store = await TestStore.open(joinBuffer('left', { key: string, value: string, retention: 10, named: true }));
  await store.record((buffer) => buffer.add('a', 100, 'ahead', 5));
  await store.record((buffer) => buffer.observe(100));
  await store.commit();
  await store.reopen();
  expect(store.store.newest).toBe(100);
  expect(await store.record((buffer) => buffer.add('a', 90, 'late', 90))).toBe(true);
  expect(store.store.probe('a', 0, 200).map(({ value }) => value)).toEqual(['ahead']);
});

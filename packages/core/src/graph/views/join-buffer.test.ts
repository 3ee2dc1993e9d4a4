import { expect, test } from '@jest/globals';
import { string } from '@kstreams/serde';
import { TestStore } from '@kstreams/testing';
import { joinBuffer } from '../index.js';

test('a record that came ahead of its turn is logged with its own time, so that the changelog keeps it as long', async () => {
  const store = await TestStore.open(joinBuffer('left', { key: string, value: string, retention: 10, named: true }));
  await store.record((buffer) => buffer.add('a', 100, 'ahead', 5));
  await store.record((buffer) => buffer.add('a', 6, 'in its turn'));
  await store.commit();
  expect(store.changelog.map(({ timestamp }) => timestamp)).toEqual([100, 100, 100]);
  expect(store.store.newest).toBe(6);
});

test('a timestamp that counts without a record makes older ones leave, also after a restart', async () => {
  const store = await TestStore.open(joinBuffer('left', { key: string, value: string, retention: 10, named: true }));
  await store.record((buffer) => buffer.add('a', 100, 'ahead', 5));
  await store.record((buffer) => buffer.observe(100));
  await store.commit();
  await store.reopen();
  expect(store.store.newest).toBe(100);
  expect(await store.record((buffer) => buffer.add('a', 90, 'late', 90))).toBe(true);
  expect(store.store.probe('a', 0, 200).map(({ value }) => value)).toEqual(['ahead']);
});

import { expect, test } from '@jest/globals';
import { string } from '@kstreams/serde';
import { TestStore } from '@kstreams/testing';
import { joinBuffer, keyValue, type Store, type StoreSpec, timers, unmatched, windowStore } from '../index.js';

const key = string;
const value = string;

/** Each view with a record that writes to it. */
const views: readonly (readonly [name: string, spec: StoreSpec<Store>, write: (store: never) => void])[] = [
  view('key-value', keyValue('rows', { key, value }), (store) => store.put('a', '1', 5)),
  view('key-value, deleting', keyValue('rows', { key, value }), (store) => store.delete('a', 5)),
  view('ordered', keyValue('rows', { key, value, ordered: true }), (store) => store.put('a', '1', 5)),
  view('window', windowStore('rows', { key, value, retention: 10, closes: 'held', named: true }), (store) => {
    store.observe(5);
    store.close(0);
    store.put('a', 0, 10, '1', 5);
  }),
  view('join buffer', joinBuffer('rows', { key, value, retention: 10, named: true }), (store) => {
    for (let i = 0; i < 100; i++) store.add('a', 5, '1');
  }),
  view('unmatched', unmatched('rows', { key, left: value, right: value, named: true }), (store) => {
    store.tick({ observed: 5, oldest: 5 });
    store.add(5, 'left', 'a', '1');
  }),
  view('timers', timers('rows', { key }), (store) => store.set('a', 5)),
];

function view<S extends Store>(name: string, spec: StoreSpec<S>, write: (store: S) => void) {
  return [name, spec as StoreSpec<Store>, write as (store: never) => void] as const;
}

test.each(views)('%s: a first record that is taken back leaves nothing behind', async (_, spec, write) => {
  const subject = await TestStore.open(spec);
  await subject.record((store) => write(store as never), { undo: true });
  await subject.commit();
  expect(subject.changelog).toEqual([]);
  await subject.record((store) => write(store as never));
  await subject.commit();
  const logged = subject.changelog.length;
  expect(logged).toBeGreaterThan(0);
  await subject.record((store) => write(store as never), { undo: true });
  await subject.commit();
  expect(subject.changelog.length).toBe(logged);
});

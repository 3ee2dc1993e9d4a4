import { expect, test } from '@jest/globals';
import { string } from '@kstreams/serde';
import { type Bytes, bytesToId, concatBytes, encodeRow, encodeTimestamp, type StoreAccess } from '../graph/index.js';
import { storedRows } from './stored-rows.js';
import { TimedRows } from './timed-rows.js';

/** Opens rows over a backend that is a map. Returns them with the keys that were read. */
const open = (liveLimit: number, backend = new Map<string, Bytes>(), whenKept = (act: () => void) => act()) => {
  const read: string[] = [];
  let requested = 0;
  const access: StoreAccess = {
    get: (key) => {
      read.push(bytesToId(key));
      return backend.get(bytesToId(key));
    },
    journal: { undo: undefined, whenKept },
    topic: 'changelog',
    liveLimit,
    requestCommit: () => requested++,
  };
  const rows = new TimedRows<string, string>(
    {
      store: 'rows',
      key: string,
      encodeKey: (time, part, key) => concatBytes(encodeTimestamp(time), encodeTimestamp(part), key),
      values: storedRows('rows', string, access),
    },
    access,
  );
  let farthest = Number.NEGATIVE_INFINITY;
  return {
    read,
    backend,
    get: (key: string, time: number) => rows.get(key, time, 0, farthest)?.value,
    put: (key: string, time: number, value: string | undefined) => {
      rows.put(key, time, 0, value, time, farthest);
      farthest = Math.max(farthest, time);
    },
    /** Commits. Returns the number of written rows. */
    commit: (expired = Number.NEGATIVE_INFINITY): number => {
      let written = 0;
      rows.flush((key, bytes, timestamp) => {
        written++;
        if (bytes === undefined) backend.delete(bytesToId(key));
        else backend.set(bytesToId(key), encodeRow(bytes, timestamp));
      }, expired);
      rows.markCommitted(expired);
      return written;
    },
    startAt: (time: number) => (farthest = time),
    drop: (expired: number) => rows.drop(expired),
    uncommitted: () => rows.uncommitted().length,
    get requested() {
      return requested;
    },
  };
};

test('nothing is read for a time that is later than all before, while its rows are in memory', () => {
  const { commit, get, put, read } = open(1_000);
  for (let time = 0; time < 3; time++) {
    for (let key = 0; key < 50; key++) {
      expect(get(`k${key}`, time)).toBeUndefined();
      put(`k${key}`, time, `v${time}`);
    }
    commit();
    expect([get('k1', time), get('other', time)]).toEqual([`v${time}`, undefined]);
  }
  expect(read).toEqual([]);
});

test('rows of a time that began before are read once, also those that do not exist', () => {
  const first = open(1_000);
  first.put('a', 5, '1');
  first.commit();
  const { get, put, read, startAt } = open(1_000, first.backend);
  startAt(5);
  put('b', 5, '2');
  for (let i = 0; i < 2; i++) expect([get('a', 5), get('b', 5), get('c', 5)]).toEqual(['1', '2', undefined]);
  expect(read.length).toBe(2);
});

test('rows that leave memory are read again', () => {
  const { commit, get, put, read } = open(10);
  for (let key = 0; key < 100; key++) {
    put(`k${key}`, 7, `v${key}`);
    commit();
  }
  for (let key = 0; key < 100; key++) expect(get(`k${key}`, 7)).toBe(`v${key}`);
  expect(read.length).toBeGreaterThan(80);
});

test('rows that expire before the commit are not written', () => {
  const { backend, commit, get, put } = open(1_000);
  for (let time = 0; time < 100; time++) put('k', time, 'v');
  expect(commit(90)).toBe(10);
  expect([backend.size, get('k', 99)]).toEqual([10, 'v']);
  put('k', 95, undefined);
  expect([commit(98), commit(98)]).toEqual([0, 0]);
});

test('rows of times that pass are dropped before a flush, and need no commit', () => {
  const rows = open(10);
  for (let time = 0; time < 100; time++) {
    for (let key = 0; key < 5; key++) rows.put(`k${key}`, time, 'v');
    rows.drop(time);
  }
  expect([rows.requested, rows.uncommitted()]).toEqual([0, 5]);
  expect([rows.commit(99), rows.read]).toEqual([5, []]);
});

test('changed rows that the backend has are not dropped before the next flush', () => {
  const rows = open(1_000);
  rows.put('a', 1, '1');
  rows.commit();
  rows.put('a', 1, '2');
  rows.put('b', 2, '1');
  rows.drop(2);
  expect([rows.get('a', 1), rows.uncommitted()]).toEqual(['2', 2]);
  expect(rows.commit(2)).toBe(1);
});

test('rows are dropped once the record that advanced time is kept', () => {
  const kept: (() => void)[] = [];
  const rows = open(1_000, undefined, (act) => kept.push(act));
  rows.put('a', 1, '1');
  rows.put('b', 2, '1');
  rows.drop(2);
  expect([rows.get('a', 1), rows.uncommitted()]).toEqual(['1', 2]);
  for (const act of kept) act();
  expect(rows.uncommitted()).toBe(1);
});

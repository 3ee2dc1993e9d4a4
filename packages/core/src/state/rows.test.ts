import { describe, expect, test } from '@jest/globals';
import { json, string } from '@kstreams/serde';
import { type Bytes, bytesToId, encodeRow, type Serde, type StoreAccess } from '../graph/index.js';
import { Rows } from './index.js';

/** Returns rows over a plain map, with counts of reads, encodings and requested commits. */
const counted = (liveLimit: number, immutable = false) => {
  const backend = new Map<string, Bytes>();
  const counts = { reads: 0, requestedCommits: 0, encoded: 0, decoded: 0 };
  const journal: { undo: StoreAccess['journal']['undo'] } = { undo: undefined };
  const value: Serde<number[]> = json<number[]>();
  const access: StoreAccess = {
    get: (key) => {
      counts.reads++;
      return backend.get(bytesToId(key));
    },
    journal,
    topic: 'changelog',
    liveLimit,
    requestCommit: () => counts.requestedCommits++,
  };
  const rows = new Rows<string, number[]>(
    {
      store: 'rows',
      id: (key) => key,
      encodeKey: string.encode,
      encode: (numbers, at) => {
        counts.encoded++;
        return value.encode(numbers, at);
      },
      decode: (bytes, at) => {
        counts.decoded++;
        return value.decode(bytes, at);
      },
      immutable,
    },
    access,
  );
  const commit = (): void => {
    rows.flush((key, bytes, timestamp) => {
      if (bytes === undefined) backend.delete(bytesToId(key));
      else backend.set(bytesToId(key), encodeRow(bytes, timestamp));
    });
    rows.markCommitted();
  };
  return { rows, counts, backend, journal, commit };
};

describe('memory is bounded', () => {
  test('a store far larger than its cache returns correct rows', () => {
    const { backend, commit, counts, rows } = counted(100);
    for (let i = 0; i < 5_000; i++) {
      rows.put(`k${i}`, [i], i);
      if (counts.requestedCommits === 0) continue;
      commit();
      counts.requestedCommits = 0;
      expect(rows.live).toBeLessThanOrEqual(100);
    }
    commit();
    expect(backend.size).toBe(5_000);
    for (let i = 0; i < 5_000; i++) {
      expect(rows.get(`k${(i * 7) % 5_000}`)).toEqual({ value: [(i * 7) % 5_000], timestamp: (i * 7) % 5_000 });
      expect(rows.live).toBeLessThanOrEqual(100);
    }
  });

  test('keys without a row count too', () => {
    const { rows } = counted(100);
    for (let i = 0; i < 1_000; i++) rows.get(`k${i}`);
    expect(rows.live).toBeLessThanOrEqual(100);
  });

  test('more dirty rows than the limit request a commit, and all are kept until then', () => {
    const { commit, counts, rows } = counted(10);
    for (let i = 0; i < 10; i++) rows.put(`k${i}`, [i], i);
    expect(counts.requestedCommits).toBe(0);
    rows.put('one more', [10], 10);
    expect(counts.requestedCommits).toBe(1);
    expect(rows.live).toBe(11);
    commit();
    expect(rows.live).toBeLessThanOrEqual(10);
  });
});

test('recently used rows stay in memory, others are evicted', () => {
  const { commit, counts, rows } = counted(10);
  for (let i = 0; i < 100; i++) rows.put(`k${i}`, [i], i);
  commit();
  counts.reads = 0;
  for (let i = 0; i < 100; i++) {
    rows.get('hot');
    rows.get(`k${i}`);
  }
  expect(counts.reads).toBeLessThanOrEqual(101);
});

test('a row is encoded once per commit, however often it was changed', () => {
  const { commit, counts, rows } = counted(10);
  for (let i = 0; i < 50; i++) rows.put('a', [i], i);
  commit();
  commit();
  expect(counts).toMatchObject({ encoded: 1, decoded: 0, reads: 0 });
});

describe('getMutable', () => {
  test('returns the live value without `copy`', () => {
    const { counts, rows } = counted(10);
    rows.put('a', [1], 0);
    expect(rows.getMutable('a', false)).toBe(rows.get('a')?.value);
    expect(counts).toMatchObject({ encoded: 0, decoded: 0 });
    expect(rows.getMutable('b', true)).toBeUndefined();
  });

  test('returns a copy with `copy`, or while the record may be rolled back', () => {
    const { journal, rows } = counted(10);
    rows.put('a', [1], 0);
    rows.getMutable('a', true)?.push(2);
    journal.undo = () => {};
    rows.getMutable('a', false)?.push(3);
    expect(rows.get('a')?.value).toEqual([1]);
  });

  test('returns immutable values without a copy', () => {
    const { counts, rows } = counted(10, true);
    rows.put('a', [1], 0);
    expect(rows.getMutable('a', true)).toBe(rows.get('a')?.value);
    expect(counts.encoded).toBe(0);
  });
});

test('uncommitted rows are returned in their newest state', () => {
  const { rows } = counted(10);
  rows.put('a', [1], 1);
  rows.put('b', [1], 1);
  rows.flush(() => {});
  rows.put('b', undefined, 2);
  rows.put('c', [3], 3);
  const found = [...rows.uncommitted()].map(([key, row]) => [bytesToId(key), row?.value]);
  expect(found).toEqual([
    ['a', [1]],
    ['b', undefined],
    ['c', [3]],
  ]);
  rows.markCommitted();
  expect([...rows.uncommitted()].length).toBe(2);
});

test('errors of rows that cannot be decoded and values that cannot be encoded name the store', () => {
  const { backend, rows } = counted(10);
  backend.set('a', encodeRow(Uint8Array.of(123), 0));
  expect(() => rows.get('a')).toThrow('store "rows" cannot decode a row');
  rows.put('b', [Number.NaN], 0);
  expect(() => rows.flush(() => {})).toThrow('store "rows" cannot encode a value');
});

import { describe, expect, test } from '@jest/globals';
import { double, int32, json, string } from '@kstreams/serde';
import { type Bytes, bytesToId, encodeRow, type Serde, type StoreAccess } from '../graph/index.js';
import { Rows, storedRows } from './index.js';

/** Returns rows over a plain map, with counts of reads, encodings and requested commits. */
const counted = <V = number[]>(liveLimit: number, serde: Serde<V> = json<V>(), maxRowSize?: number) => {
  const backend = new Map<string, Bytes>();
  const counts = { reads: 0, requestedCommits: 0, encoded: 0, decoded: 0 };
  const access: StoreAccess = {
    get: (key) => {
      counts.reads++;
      return backend.get(bytesToId(key));
    },
    journal: { undo: undefined, whenKept: (act) => act() },
    topic: 'changelog',
    liveLimit,
    requestCommit: () => counts.requestedCommits++,
    maxRowSize,
  };
  const counting: Serde<V> = {
    ...serde,
    encode: (value, at) => {
      counts.encoded++;
      return serde.encode(value, at);
    },
    decode: (bytes, at) => {
      counts.decoded++;
      return serde.decode(bytes, at);
    },
  };
  const values = storedRows('rows', counting, access);
  const rows = new Rows<string, V>({ store: 'rows', id: (key) => key, encodeKey: string.encode, values }, access);
  const commit = (): void => {
    rows.flush((key, bytes, timestamp) => {
      if (bytes === undefined) backend.delete(bytesToId(key));
      else backend.set(bytesToId(key), encodeRow(bytes, timestamp));
    });
    rows.markCommitted();
  };
  return { rows, counts, backend, commit };
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

describe('values with `roundTrip`, such as strings and numbers', () => {
  test('are encoded once per commit, however often they were changed', () => {
    const { commit, counts, rows } = counted<number>(10, double);
    for (let i = 0; i < 50; i++) rows.put('a', (rows.getMutable('a') ?? 0) + i, i);
    commit();
    commit();
    expect(counts).toMatchObject({ encoded: 1, decoded: 0, reads: 1 });
  });

  test('are read as they are decoded later', () => {
    const { rows } = counted<number>(10, int32);
    rows.put('a', -0, 0);
    expect(rows.get('a')?.value).toBe(0);
  });
});

describe('a value that is changed in place', () => {
  test('leaves rows as they are that were read before', () => {
    const { rows } = counted<number>(10, double);
    for (let i = 0; i < 3; i++) rows.put('a', i, i);
    const read = rows.get('a');
    for (let i = 3; i < 6; i++) rows.put('a', i, i);
    const [, readLater] = [...rows.uncommitted()][0] ?? [];
    for (let i = 6; i < 9; i++) rows.put('a', i, i);
    expect([read, readLater?.(), rows.get('a')].map((row) => row?.value)).toEqual([2, 5, 8]);
    expect([read, readLater?.(), rows.get('a')].map((row) => row?.timestamp)).toEqual([2, 5, 8]);
  });

  test('stays as it was when the new one is too large', () => {
    const { rows } = counted(10, string, 20);
    rows.put('a', 'short', 1);
    expect(() => rows.put('a', 'x'.repeat(100), 2)).toThrow('store "rows"');
    expect(rows.get('a')).toEqual({ value: 'short', timestamp: 1 });
  });
});

describe('other values', () => {
  test('are encoded by each put, whose bytes the commit writes, and decoded by the first read', () => {
    const { commit, counts, rows } = counted(10);
    rows.put('a', [1], 1);
    rows.put('a', [2], 2);
    for (let i = 0; i < 3; i++) expect(rows.get('a')?.value).toEqual([2]);
    commit();
    expect(counts).toMatchObject({ encoded: 2, decoded: 1, reads: 0 });
  });

  test('are read as they are decoded later', () => {
    const { rows } = counted<object>(10);
    rows.put('a', { at: new Date(0), left: undefined, zero: -0 }, 0);
    expect(rows.get('a')?.value).toEqual({ at: '1970-01-01T00:00:00.000Z', zero: 0 });
    expect(Object.keys(rows.get('a')?.value as object)).toEqual(['at', 'zero']);
  });

  test('are not changed by a later change of the object that was put', () => {
    const { rows } = counted(10);
    const mine = [1];
    rows.put('a', mine, 0);
    mine.push(2);
    expect(rows.get('a')?.value).toEqual([1]);
  });

  test('are copied by getMutable', () => {
    const { rows } = counted(10);
    rows.put('a', [1], 0);
    rows.getMutable('a')?.push(2);
    rows.getMutable('a')?.push(3);
    expect(rows.get('a')?.value).toEqual([1]);
    expect(rows.getMutable('b')).toBeUndefined();
  });

  test('are not decoded to read a timestamp', () => {
    const { counts, rows } = counted(10);
    rows.put('a', [1], 5);
    expect(rows.timestamp('a')).toBe(5);
    expect(rows.timestamp('b')).toBeUndefined();
    expect(counts.decoded).toBe(0);
  });
});

test('uncommitted rows are returned in their newest state', () => {
  const { rows } = counted(10);
  rows.put('a', [1], 1);
  rows.put('b', [1], 1);
  rows.flush(() => {});
  rows.put('b', undefined, 2);
  rows.put('c', [3], 3);
  const found = [...rows.uncommitted()].map(([key, read]) => [bytesToId(key), read?.().value]);
  expect(found).toEqual([
    ['a', [1]],
    ['b', undefined],
    ['c', [3]],
  ]);
  rows.markCommitted();
  expect([...rows.uncommitted()].length).toBe(2);
});

test('an uncommitted row stays as it was when it was listed', () => {
  const { rows } = counted(10);
  rows.put('a', [1], 1);
  const [first] = rows.uncommitted();
  rows.put('a', [2], 2);
  expect(first?.[1]?.()).toEqual({ value: [1], timestamp: 1 });
});

test('values and keys that cannot be encoded fail their put and leave the row as it was', () => {
  const { commit, rows } = counted(10);
  rows.put('a', [1], 1);
  expect(() => rows.put('a', [Number.NaN], 2)).toThrow('store "rows" cannot encode a value: JSON cannot hold NaN at 0');
  expect(() => rows.put('\ud800', [1], 2)).toThrow('lone surrogate');
  expect(rows.get('a')).toEqual({ value: [1], timestamp: 1 });
  const plain = counted<number>(10, int32);
  expect(() => plain.rows.put('a', 1.5, 1)).toThrow('store "rows" cannot encode a value: int32 takes whole numbers');
  expect(commit).not.toThrow();
});

test('errors of rows that cannot be decoded name the store', () => {
  const { backend, rows } = counted(10);
  backend.set('a', encodeRow(Uint8Array.of(123), 0));
  expect(() => rows.get('a')).toThrow('store "rows" cannot decode a row');
  expect(() => rows.getMutable('a')).toThrow('store "rows" cannot decode a row');
});

/** Compares versioned stores with a model that keeps every put, and checks that expired rows are cleared. */
import { describe, expect, test } from '@jest/globals';
import { string } from '@kstreams/serde';
import { testStoreLaws } from '@kstreams/test-support/store-laws';
import { TestStore } from '@kstreams/testing';
import fc from 'fast-check';
import { type VersionedStore, versioned } from './index.js';

type Call = readonly [
  'put' | 'put out of turn' | 'observe' | 'delete' | 'get' | 'as of',
  key: string,
  timestamp: number,
  value: string,
];

/** All versions of each key by timestamp, null for a delete, and the stream time. */
interface Model {
  observed: number;
  readonly versions: Map<string, Map<number, string | null>>;
}

const history = 20;
const spec = versioned('rows', { key: string, value: string, history });
const keys = ['a', 'b', 'c'];
const instants = fc.integer({ min: 0, max: 90 });

const newest = (versions: ReadonlyMap<number, string | null>): number => Math.max(...versions.keys());
const upTo = (versions: ReadonlyMap<number, string | null>, timestamp: number): number =>
  Math.max(...[...versions.keys()].filter((from) => from <= timestamp));

/** Returns the timestamp that advances time for a version put out of turn. */
const countedOf = (timestamp: number): number => Math.floor(timestamp / 2);

const put = (model: Model, key: string, timestamp: number, value: string | null, counted = timestamp): string => {
  model.observed = Math.max(model.observed, counted);
  if (timestamp < model.observed - history) return 'expired';
  const versions = model.versions.get(key) ?? new Map<number, string | null>();
  model.versions.set(key, versions);
  const latest = newest(versions);
  if (value === null && timestamp === latest && versions.get(latest) !== null) {
    versions.delete(timestamp);
    const before = upTo(versions, timestamp);
    if ((versions.get(before) ?? null) !== null) versions.set(timestamp, null);
  } else versions.set(timestamp, value);
  return timestamp >= latest ? 'latest' : 'older';
};

const observe = (model: Model, timestamp: number): void => {
  model.observed = Math.max(model.observed, timestamp);
};

const read = ({ observed, versions }: Model, key: string, timestamp: number): readonly [string, number] | undefined => {
  const all = versions.get(key) ?? new Map<number, string | null>();
  const from = upTo(all, timestamp);
  if (from !== newest(all) && timestamp < observed - history) return undefined;
  const value = all.get(from) ?? null;
  return value === null ? undefined : [value, from];
};

testStoreLaws<VersionedStore<string, string>, Model, Call>('versioned', {
  spec,
  empty: { observed: Number.NEGATIVE_INFINITY, versions: new Map() },
  calls: fc.tuple(
    fc.constantFrom('put', 'put', 'put out of turn', 'observe', 'delete', 'get', 'as of'),
    fc.constantFrom(...keys),
    instants,
    fc.string({ maxLength: 3 }),
  ),
  seen: keys.flatMap((key) => [0, 40, 60, 75, 90].map((timestamp) => ['as of', key, timestamp, ''] as const)),
  act: (store, [call, key, timestamp, value]) => {
    if (call === 'put') return store.put(key, value, timestamp);
    if (call === 'put out of turn') return store.put(key, value, timestamp, countedOf(timestamp));
    if (call === 'observe') return store.observe(timestamp);
    if (call === 'delete') return store.put(key, undefined, timestamp);
    const row = call === 'get' ? store.row(key) : store.asOf(key, timestamp);
    return row && [row.value, row.timestamp];
  },
  model: (model, [call, key, timestamp, value]) => {
    if (call === 'put') return put(model, key, timestamp, value);
    if (call === 'put out of turn') return put(model, key, timestamp, value, countedOf(timestamp));
    if (call === 'observe') return observe(model, timestamp);
    if (call === 'delete') return put(model, key, timestamp, null);
    return read(model, key, call === 'get' ? Number.POSITIVE_INFINITY : timestamp);
  },
});

describe('a versioned store', () => {
  /** Returns the number of rows in the compacted changelog. */
  const compacted = ({ changelog }: TestStore<VersionedStore<string, string>>): number => {
    const rows = new Map(changelog.map(({ key, value }) => [key.join(' '), value]));
    return [...rows.values()].filter((value) => value !== null).length;
  };

  test('clears expired versions and deleted keys, in its changelog too', async () => {
    const store = await TestStore.open(spec);
    for (let i = 0; i < 1_000; i++) {
      await store.record((rows) => rows.put(`key-${i}`, 'one', i));
      await store.record((rows) => rows.put(`key-${i}`, 'two', i));
      await store.record((rows) => rows.put(`key-${i}`, 'three', i + 1));
      await store.record((rows) => rows.put(`key-${i}`, undefined, i + 2));
      if (i % 10 === 0) await store.commit();
    }
    await store.commit();
    expect(compacted(store)).toBeLessThan(5 * history);
  });

  test('keeps unchanged rows for ever', async () => {
    const store = await TestStore.open(spec);
    await store.record((rows) => rows.put('still', 'here', 1));
    for (let i = 0; i < 500; i++) await store.record((rows) => rows.put('moving', `${i}`, 10 * i));
    await store.commit();
    await store.reopen();
    expect(await store.record((rows) => rows.asOf('still', 4_900))).toEqual({ value: 'here', timestamp: 1 });
    expect(compacted(store)).toBeLessThan(20);
  });

  test('rolls back versions, and the ends of those that they replaced', async () => {
    const store = await TestStore.open(versioned('rows', { key: string, value: string, history: 80 }));
    const put = (timestamp: number, undo = false) =>
      store.record((rows) => rows.put('a', `from ${timestamp}`, timestamp), { undo });
    await put(0);
    await put(1);
    await put(8, true);
    await put(4);
    await put(9);
    expect(store.store.asOf('a', 5)).toEqual({ value: 'from 4', timestamp: 4 });
  });
});

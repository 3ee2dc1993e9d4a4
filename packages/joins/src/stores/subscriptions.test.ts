/** Compares subscriptions with a map of maps, while pages are split and emptied. */
import { describe, expect, test } from '@jest/globals';
import { bytesToId, toUtf8 } from '@kstreams/core/graph';
import { string } from '@kstreams/serde';
import { testStoreLaws } from '@kstreams/test-support/store-laws';
import { TestStore } from '@kstreams/testing';
import fc from 'fast-check';
import { type SubscriptionStore, subscriptions } from './subscriptions.js';

type Call = readonly ['put' | 'delete' | 'read', foreign: string, first: number, count: number, hash: number];
type Seen = readonly (readonly [primary: string, hash: number, partition: number])[];

/** The hash and partition of subscriptions, by foreign key, then by primary key. */
type Model = Map<string, Map<string, readonly [hash: number, partition: number]>>;

const spec = subscriptions('subscriptions', { key: string, named: true });
const primaryOf = (n: number): string => `${'x'.repeat(n % 3)}${n}`;
const foreigns = ['', 'a', 'aa', 'b'];

const read = (store: SubscriptionStore<string>, foreign: string): Seen =>
  [...store.of(foreign)].map(({ primary, hash, partition }) => [bytesToId(primary), hash[0] ?? -1, partition]);

testStoreLaws<SubscriptionStore<string>, Model, Call>('subscriptions', {
  spec,
  empty: new Map(),
  calls: fc.tuple(
    fc.constantFrom('put', 'put', 'delete', 'read'),
    fc.constantFrom(...foreigns),
    fc.nat({ max: 200 }),
    fc.oneof(fc.constant(1), fc.nat({ max: 100 })),
    fc.nat({ max: 255 }),
  ),
  seen: foreigns.map((foreign) => ['read', foreign, 0, 0, 0] as const),
  act: (store, [call, foreign, first, count, hash]) => {
    for (let n = first; call !== 'read' && n < first + count; n++) {
      const primary = toUtf8(primaryOf(n));
      if (call === 'put') store.put(foreign, { primary, hash: Uint8Array.of(hash), partition: n % 5 }, n);
      else store.delete(foreign, primary, n);
    }
    return read(store, foreign);
  },
  model: (model, [call, foreign, first, count, hash]) => {
    const mine = model.get(foreign) ?? new Map<string, readonly [number, number]>();
    model.set(foreign, mine);
    for (let n = first; call !== 'read' && n < first + count; n++) {
      if (call === 'put') mine.set(primaryOf(n), [hash, n % 5]);
      else mine.delete(primaryOf(n));
    }
    return [...mine]
      .sort(([one], [other]) => (one < other ? -1 : 1))
      .map(([primary, [own, partition]]) => [primary, own, partition]);
  },
});

describe('subscriptions', () => {
  test('of one foreign key are in pages, and a change writes one page', async () => {
    const store = await TestStore.open(spec);
    const put = (n: number) =>
      store.record((rows) => rows.put('all', { primary: toUtf8(`${n}`), hash: new Uint8Array(16), partition: 0 }, n));
    for (let n = 0; n < 5_000; n++) await put(10_000 + n);
    await store.commit();
    const before = store.changelog.length;
    await put(12_345);
    await store.commit();
    expect(store.changelog.length - before).toBe(1);
    expect(Math.max(...store.changelog.map(({ value }) => value?.length ?? 0))).toBeLessThan(5_000);
  });

  test('that all leave leave no row', async () => {
    const store = await TestStore.open(spec);
    const all = Array.from({ length: 500 }, (_, n) => toUtf8(`${n}`));
    for (const primary of all)
      await store.record((rows) => rows.put('all', { primary, hash: new Uint8Array(16), partition: 0 }, 0));
    await store.commit();
    for (const primary of all) await store.record((rows) => rows.delete('all', primary, 0));
    await store.commit();
    const rows = new Map(store.changelog.map(({ key, value }) => [bytesToId(key), value]));
    expect([...rows.values()].filter((value) => value !== null)).toEqual([]);
  });
});

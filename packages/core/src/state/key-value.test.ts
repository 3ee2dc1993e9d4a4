import { bytes, json, string } from '@kstreams/serde';
import { rollbackLaw, testStoreLaws } from '@kstreams/test-support/store-laws';
import fc from 'fast-check';
import { type Bytes, compareBytes } from '../graph/index.js';
import { type KeyValueStore, keyValue, type OrderedKeyValueStore } from './index.js';

const letters = fc.constantFrom('a', 'b', 'c', 'd', 'e');
const instants = fc.integer({ min: 0, max: 80 });

interface Count {
  n: number;
}
type KeyCall = readonly ['put' | 'delete' | 'read' | 'bump', key: string, n: number];

testStoreLaws<KeyValueStore<string, Count>, Map<string, readonly [n: number, timestamp: number]>, KeyCall>(
  'key-value',
  {
    spec: keyValue('rows', { key: string, value: json<Count>() }),
    empty: new Map(),
    calls: fc.tuple(fc.constantFrom('put', 'delete', 'read', 'bump'), letters, instants),
    seen: ['a', 'b', 'c', 'd', 'e'].map((key) => ['read', key, 0] as const),
    act: (store, [call, key, n]) => {
      if (call === 'put') return store.put(key, { n }, n);
      if (call === 'delete') return store.delete(key, n);
      const row = store.row(key);
      if (call === 'read') return row && [row.value.n, row.timestamp];
      const draft = store.getMutable(key) ?? { n: 0 };
      draft.n++;
      store.put(key, draft, n);
      return row?.value.n;
    },
    model: (rows, [call, key, n]) => {
      const row = rows.get(key);
      if (call === 'read') return row;
      if (call === 'delete') rows.delete(key);
      else rows.set(key, [call === 'put' ? n : (row?.[0] ?? 0) + 1, n]);
      return call === 'bump' ? row?.[0] : undefined;
    },
  },
);

type OrderedCall = readonly ['put' | 'delete' | 'range' | 'prefix', key: Bytes, to: Bytes];
const ids = fc.array(fc.constantFrom(0, 1, 255), { maxLength: 3 }).map((id) => Uint8Array.from(id));

testStoreLaws<OrderedKeyValueStore<Bytes, string>, { rows: (readonly [Bytes, string])[] }, OrderedCall>(
  'ordered key-value',
  {
    spec: keyValue('rows', { key: bytes, value: string, ordered: true }),
    empty: { rows: [] },
    calls: fc.tuple(fc.constantFrom('put', 'delete', 'range', 'prefix'), ids, ids),
    seen: [['prefix', Uint8Array.of(), Uint8Array.of()]],
    act: (store, [call, key, to]) => {
      if (call === 'put') return store.put(key, `${to}`, 0);
      if (call === 'delete') return store.delete(key, 0);
      const all = key.length === 0 && call === 'prefix';
      const rows = all ? store.all() : call === 'range' ? store.range(key, to) : store.prefix(key, bytes);
      return [...rows].map(([id, { value }]) => [id, value]);
    },
    model: (model, [call, key, to]) => {
      const { rows } = model;
      if (call === 'range') return rows.filter(([id]) => compareBytes(id, key) >= 0 && compareBytes(id, to) < 0);
      if (call === 'prefix') return rows.filter(([id]) => compareBytes(id.subarray(0, key.length), key) === 0);
      const others = rows.filter(([id]) => compareBytes(id, key) !== 0);
      const added = call === 'put' ? [...others, [key, `${to}`] as const] : others;
      model.rows = added.sort(([a], [b]) => compareBytes(a, b));
      return undefined;
    },
  },
);

rollbackLaw('key-value', keyValue('rows', { key: string, value: string }), (store) => store.put('a', '1', 5));
rollbackLaw('key-value delete', keyValue('rows', { key: string, value: string }), (store) => store.delete('a', 5));
rollbackLaw('ordered key-value', keyValue('rows', { key: string, value: string, ordered: true }), (store) =>
  store.put('a', '1', 5),
);

import { bytes, json, string } from '@kstreams/serde';
import fc from 'fast-check';
import { laws } from '../../../test/view-laws.js';
import {
  type Bytes,
  compareBytes,
  type JoinBuffer,
  joinBuffer,
  type KeyValueStore,
  keyValue,
  type OrderedKeyValueStore,
  type Side,
  type UnmatchedStore,
  unmatched,
  type WindowStore,
  windowStore,
} from '../index.js';

const letters = fc.constantFrom('a', 'b', 'c', 'd', 'e');
const instants = fc.integer({ min: 0, max: 80 });

interface Count {
  n: number;
}
type KeyCall = readonly ['put' | 'delete' | 'read' | 'bump', key: string, n: number];

laws<KeyValueStore<string, Count>, Map<string, readonly [n: number, timestamp: number]>, KeyCall>('key-value', {
  spec: keyValue('rows', { key: string, value: json<Count>() }),
  empty: new Map(),
  calls: fc.tuple(fc.constantFrom('put', 'delete', 'read', 'bump'), letters, instants),
  seen: ['a', 'b', 'c', 'd', 'e'].map((key) => ['read', key, 0] as const),
  act: (store, [call, key, n]) => {
    if (call === 'put') return store.put(key, { n }, n);
    if (call === 'delete') return store.delete(key, n);
    const row = store.row(key);
    if (call === 'read') return row && [row.value.n, row.timestamp];
    const draft = store.draft(key, n % 2 === 0) ?? { n: 0 };
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
});

type OrderedCall = readonly ['put' | 'delete' | 'range' | 'prefix', key: Bytes, to: Bytes];
const ids = fc.array(fc.constantFrom(0, 1, 255), { maxLength: 3 }).map((id) => Uint8Array.from(id));

laws<OrderedKeyValueStore<Bytes, string>, { rows: (readonly [Bytes, string])[] }, OrderedCall>('ordered key-value', {
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
});

interface WindowModel {
  readonly rows: Map<string, { key: string; start: number; end: number; value: string }>;
  observed: number;
  closed: number;
  newest: number;
}
type WindowCall = readonly ['put' | 'delete' | 'read' | 'close' | 'all', key: string, start: number, length: number];
const retention = 40;
const everyWindow = ['a', 'b'].flatMap((key) =>
  Array.from({ length: 17 }, (_, i) => [10, 15].map((length) => [key, i * 5, i * 5 + length] as const)).flat(),
);

laws<WindowStore<string, string>, WindowModel, WindowCall>('window', {
  spec: windowStore('windows', { key: string, value: string, retention, closes: 'held', named: true }),
  empty: { rows: new Map(), observed: -1, closed: Number.NEGATIVE_INFINITY, newest: Number.NEGATIVE_INFINITY },
  calls: fc.tuple(
    fc.constantFrom('put', 'put', 'delete', 'read', 'close'),
    fc.constantFrom('a', 'b'),
    fc.integer({ min: 0, max: 16 }).map((i) => i * 5),
    fc.constantFrom(10, 15),
  ),
  seen: [
    ['all', '', 0, 0],
    ['close', '', 100, 0],
  ],
  act: (store, [call, key, start, length]) => {
    const end = start + length;
    if (call === 'all') return everyWindow.map((one) => store.get(...one)?.value);
    if (call === 'close') {
      const windows = store.close(start).map(([window, { value }]) => ({ ...window, value }));
      return [windows, store.observe(start), store.clocks];
    }
    if (call === 'read') return store.get(key, start, end)?.value;
    if (end <= store.clocks.closed) return undefined;
    return store.put(key, start, end, call === 'put' ? `${key}${start}` : undefined, start);
  },
  model: (model, [call, key, start, length]) => {
    const end = start + length;
    const id = `${key} ${start} ${end}`;
    const there = (from: number): boolean => from >= model.newest - retention;
    if (call === 'all')
      return everyWindow.map((one) => (there(one[1]) ? model.rows.get(one.join(' '))?.value : undefined));
    if (call === 'close') {
      const closed = Math.max(model.closed, start);
      const windows = [...model.rows.values()]
        .filter((window) => there(window.start) && window.end > model.closed && window.end <= closed)
        .sort((a, b) => a.start - b.start || a.end - b.end || (a.key < b.key ? -1 : 1));
      model.closed = closed;
      model.observed = Math.max(model.observed, start);
      return [
        windows,
        model.observed,
        { observed: [model.observed], closed, newest: model.newest, farthest: model.newest },
      ];
    }
    if (call === 'read') return there(start) ? model.rows.get(id)?.value : undefined;
    if (end <= model.closed) return undefined;
    model.newest = Math.max(model.newest, start);
    if (call === 'delete') model.rows.delete(id);
    else if (there(start)) model.rows.set(id, { key, start, end, value: `${key}${start}` });
    return undefined;
  },
});

interface BufferModel {
  readonly records: { readonly key: string; readonly timestamp: number; readonly value: string }[];
  newest: number;
}
type BufferCall = readonly ['add' | 'add ahead' | 'burst' | 'probe', key: string, at: number, to: number];

laws<JoinBuffer<string, string>, BufferModel, BufferCall>('join buffer', {
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

/** One record, perhaps ahead of its turn, or as many as fill runs, back and forth in time. */
const arrivals = (call: string, at: number, to: number) =>
  Array.from({ length: call === 'burst' ? 30 : 1 }, (_, i) => {
    const timestamp = at + ((i * 7) % 11);
    return { timestamp, counted: call === 'add ahead' ? Math.min(at, to) : timestamp, value: `${at} ${to} ${i}` };
  });

type Waiting = { timestamp: number; side: Side; key: string; values: string[] };
type WaitingCall = readonly ['add' | 'remove' | 'list' | 'tick', at: number, side: Side, key: string];

laws<UnmatchedStore<string, string, string>, { list: Waiting[]; observed: number; oldest: number }, WaitingCall>(
  'unmatched',
  {
    spec: unmatched('waiting', { key: string, left: string, right: string, named: true }),
    empty: { list: [], observed: -1, oldest: Number.POSITIVE_INFINITY },
    calls: fc.tuple(
      fc.constantFrom('add', 'add', 'remove', 'list', 'tick'),
      fc.integer({ min: 0, max: 3 }),
      fc.constantFrom('left', 'right'),
      fc.constantFrom('a', 'b'),
    ),
    seen: [['list', 0, 'left', '']],
    act: (store, [call, at, side, key]) => {
      if (call === 'add') return store.add(at, side, key, side);
      if (call === 'remove') return store.remove(at, side, key);
      if (call === 'tick') return store.tick({ observed: at, oldest: at });
      const list = [...store.inOrder()].map(({ timestamp, values, ...one }) => ({ ...one, timestamp, values }));
      return [list.map(({ timestamp, side, key, values }) => ({ timestamp, side, key, values })), store.clocks];
    },
    model: (model, [call, at, side, key]) => {
      const found = model.list.find((one) => one.timestamp === at && one.side === side && one.key === key);
      if (call === 'list') {
        const list = [...model.list].sort(
          (a, b) =>
            a.timestamp - b.timestamp || (a.side === b.side ? (a.key < b.key ? -1 : 1) : a.side === 'right' ? -1 : 1),
        );
        return [list, { observed: model.observed, oldest: model.oldest }];
      }
      if (call === 'tick') Object.assign(model, { observed: at, oldest: at });
      else if (call === 'remove') model.list = model.list.filter((one) => one !== found);
      else if (found === undefined) model.list.push({ timestamp: at, side, key, values: [side] });
      else found.values.push(side);
      return undefined;
    },
  },
);

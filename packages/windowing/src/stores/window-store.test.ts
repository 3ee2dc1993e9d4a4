import { string } from '@kstreams/serde';
import { rollbackLaw, testStoreLaws } from '@kstreams/test-support/store-laws';
import fc from 'fast-check';
import { type WindowStore, windowStore } from './window-store.js';

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

testStoreLaws<WindowStore<string, string>, WindowModel, WindowCall>('window', {
  spec: windowStore('windows', {
    key: string,
    value: string,
    retention,
    closes: true,
    closeRetained: true,
    named: true,
  }),
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
      const windows = store
        .close(start)
        .flatMap(([window, row]) => (row === undefined ? [] : { ...window, value: row.value }));
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

rollbackLaw(
  'window',
  windowStore('rows', { key: string, value: string, retention: 10, closes: true, closeRetained: true, named: true }),
  (store) => {
    store.observe(5);
    store.close(0);
    store.put('a', 0, 10, '1', 5);
  },
);

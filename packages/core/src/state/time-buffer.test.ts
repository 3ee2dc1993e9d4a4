/** Compares buffers with a sorted list. */
import { string } from '@kstreams/serde';
import { testStoreLaws } from '@kstreams/test-support/store-laws';
import fc from 'fast-check';
import { type TimeBuffer, timeBuffer } from './index.js';

type Call = readonly ['put' | 'take' | 'observe', key: string, time: number, value: string];
interface Model {
  observed: number;
  entries: { readonly time: number; readonly key: string; readonly value: string }[];
}
const keys = ['a', 'aa', 'b'];

const seenOf = (store: TimeBuffer<string, string>) => ({
  count: store.count,
  size: store.bytes,
  observed: store.observed,
  first: store.first() && [store.first()?.time, store.first()?.key, store.first()?.value],
});

const inOrder = (entries: Model['entries']) =>
  entries
    .map((entry, index) => ({ entry, index }))
    .sort(
      (one, other) =>
        one.entry.time - other.entry.time ||
        (one.entry.key < other.entry.key ? -1 : one.entry.key > other.entry.key ? 1 : one.index - other.index),
    )
    .map(({ entry }) => entry);

for (const kind of ['unique', 'repeated'] as const) {
  testStoreLaws<TimeBuffer<string, string>, Model, Call>(`a buffer of ${kind} keys`, {
    spec: timeBuffer('waiting', { key: string, value: string, keys: kind, measured: true, named: true }),
    empty: { observed: -1, entries: [] },
    calls: fc.tuple(
      fc.constantFrom('put', 'put', 'take', 'observe'),
      fc.constantFrom(...keys),
      fc.integer({ min: 0, max: 9 }),
      fc.string({ maxLength: 3 }),
    ),
    seen: Array.from({ length: 30 }, () => ['take', '', 0, ''] as const),
    act: (store, [call, key, time, value]) => {
      if (call === 'put') store.put(time, key, value);
      else if (call === 'take') store.removeFirst();
      else store.observe(time);
      return { ...seenOf(store), mine: kind === 'repeated' ? undefined : store.get(key)?.value };
    },
    model: (model, [call, key, time, value]) => {
      const known = kind === 'repeated' ? -1 : model.entries.findIndex((entry) => entry.key === key);
      if (call === 'put' && known >= 0) {
        model.entries[known] = { time: model.entries[known]?.time ?? time, key, value };
      } else if (call === 'put') model.entries.push({ time, key, value });
      else if (call === 'take') model.entries = inOrder(model.entries).slice(1);
      else model.observed = Math.max(model.observed, time);
      const [first] = inOrder(model.entries);
      return {
        count: model.entries.length,
        size: model.entries.reduce(
          (size, entry) => size + entry.key.length + new TextEncoder().encode(entry.value).length,
          0,
        ),
        observed: model.observed,
        first: first && [first.time, first.key, first.value],
        mine: kind === 'repeated' ? undefined : model.entries.find((entry) => entry.key === key)?.value,
      };
    },
  });
}

/** Compares indexed window stores with a model that keeps every window. */
import { string } from '@kstreams/serde';
import { testStoreLaws } from '@kstreams/test-support/store-laws';
import fc from 'fast-check';
import type { Span } from './span-runs.js';
import { type WindowStore, windowStore } from './window-store.js';

interface Model {
  readonly windows: Map<string, Span & { readonly key: string }>;
  newest: number;
}
type Call = readonly ['put' | 'delete' | 'find' | 'find up to a start', key: string, start: number, length: number];

const retention = 40;
const calls: fc.Arbitrary<Call> = fc.tuple(
  fc.constantFrom('put', 'put', 'put', 'delete', 'find', 'find up to a start'),
  fc.constantFrom('a', 'b'),
  fc.integer({ min: -20, max: 150 }),
  fc.constantFrom(0, 1, 7, 30),
);

for (const by of ['start', 'end'] as const) {
  const other = by === 'start' ? 'end' : 'start';
  testStoreLaws<WindowStore<string, string>, Model, Call>(`windows of a key, by their ${by}`, {
    spec: windowStore('rows', { key: string, value: string, retention, by, indexed: true, closes: false, named: true }),
    empty: { windows: new Map(), newest: Number.NEGATIVE_INFINITY },
    calls,
    seen: [
      ['find', 'a', -100, 400],
      ['find', 'b', -100, 400],
    ],
    act: (store, [call, key, start, length]) => {
      const end = start + length;
      if (call === 'find' || call === 'find up to a start') {
        const found = call === 'find' ? store.find(key, start, end) : store.find(key, start, end + 60, end);
        return found.map((span) => [span, store.get(key, span.start, span.end)?.value]);
      }
      return store.put(key, start, end, call === 'put' ? `${key} ${start}` : undefined, Math.max(0, end));
    },
    model: (model, [call, key, start, length]) => {
      const end = start + length;
      if (call === 'find' || call === 'find up to a start') {
        const [to, lastStart] = call === 'find' ? [end, Number.POSITIVE_INFINITY] : [end + 60, end];
        const found = [...model.windows.values()]
          .filter((one) => one.key === key && one[by] >= start && one[by] <= to)
          .filter((one) => one[by] >= model.newest - retention)
          .sort((a, b) => a[by] - b[by] || a[other] - b[other]);
        const beyond = found.findIndex((one) => one.start > lastStart);
        return found
          .slice(0, beyond < 0 ? found.length : beyond)
          .map((one) => [{ start: one.start, end: one.end }, `${key} ${one.start}`]);
      }
      const position = by === 'start' ? start : end;
      model.newest = Math.max(model.newest, position);
      const id = `${key} ${start} ${end}`;
      if (position < model.newest - retention) return undefined;
      if (call === 'put') model.windows.set(id, { key, start, end });
      else model.windows.delete(id);
      return undefined;
    },
  });
}

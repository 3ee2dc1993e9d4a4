import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { OrderedMap } from './ordered-map.js';

const ids = fc.string({ minLength: 0, maxLength: 3, unit: fc.constantFrom('a', 'b', '\u00ff', '\u0000') });
const edits = fc.array(fc.tuple(fc.constantFrom('set', 'delete'), ids), { maxLength: 60 });

const edited = (list: readonly (readonly [string, string])[]) => {
  const map = new OrderedMap<number>();
  const model = new Map<string, number>();
  list.forEach(([edit, id], i) => {
    if (edit === 'set') {
      map.set(id, i);
      model.set(id, i);
    } else expect(map.delete(id)).toBe(model.delete(id));
  });
  return { map, model };
};

const sorted = (model: ReadonlyMap<string, number>) => [...model].sort(([a], [b]) => (a < b ? -1 : 1));

const before = (id: string): string => String(Number(id) - 1).padStart(4, '0');

test('walks between two ids in order', () => {
  fc.assert(
    fc.property(edits, ids, fc.option(ids, { nil: undefined }), (list, from, to) => {
      const { map, model } = edited(list);
      const expected = sorted(model).filter(([id]) => id >= from && (to === undefined || id < to));
      expect([...map.walk(from, to)]).toEqual(expected);
      expect(map.size).toBe(model.size);
    }),
  );
});

test('returns the last id between two', () => {
  fc.assert(
    fc.property(edits, ids, ids, (list, from, to) => {
      const { map, model } = edited(list);
      const between = sorted(model).filter(([id]) => id >= from && id < to);
      expect(map.last(from, to)).toBe(between.at(-1)?.[0]);
    }),
  );
});

test('removes all ids between two', () => {
  fc.assert(
    fc.property(edits, ids, ids, edits, (list, from, to, later) => {
      const { map, model } = edited(list);
      map.deleteRange(from, to);
      for (const id of [...model.keys()]) if (id >= from && id < to) model.delete(id);
      for (const [, id] of later) for (const one of [map, model]) one.set(id, 0);
      expect([...map.walk()]).toEqual(sorted(model));
      expect(map.size).toBe(model.size);
    }),
  );
});

test('many ids, added in any order, stay in order across blocks', () => {
  const arrivals = Array.from({ length: 5_000 }, (_, i) => String((i * 7_919) % 5_000).padStart(4, '0'));
  for (const order of [arrivals, [...arrivals].sort(), [...arrivals].sort().reverse()]) {
    const map = new OrderedMap<string>();
    for (const id of order) map.set(id, id);
    expect([...map.walk()].map(([id]) => id)).toEqual([...arrivals].sort());
    for (const id of arrivals) expect(map.last('', id)).toBe(id === '0000' ? undefined : before(id));
    for (const id of order) if (Number(id) % 3 > 0) map.delete(id);
    expect([...map.walk('1000', '2000')].map(([id]) => id)).toEqual(
      [...arrivals].sort().filter((id) => id >= '1000' && id < '2000' && Number(id) % 3 === 0),
    );
    map.deleteRange('0500', '4500');
    expect([...map.walk()].map(([id]) => id)).toEqual(
      [...arrivals].sort().filter((id) => (id < '0500' || id >= '4500') && Number(id) % 3 === 0),
    );
  }
});

test('a walk includes changes ahead of it, and returns no id twice', () => {
  const map = new OrderedMap<number>();
  for (const id of ['b', 'd', 'f']) map.set(id, 0);
  const seen: string[] = [];
  for (const [id] of map.walk()) {
    seen.push(id);
    map.delete(id);
    if (id === 'd') {
      map.set('a', 1);
      map.set('e', 1);
      map.delete('f');
    }
  }
  expect(seen).toEqual(['b', 'd', 'e']);
  expect([...map.walk()]).toEqual([['a', 1]]);
});

import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { Changes, type Layer } from './changes.js';

const key = fc.string({ unit: fc.constantFrom('a', 'b', 'c'), minLength: 1, maxLength: 3 });
const value = fc.option(fc.uint8Array({ maxLength: 3 }), { nil: undefined });
const step = fc.oneof(
  {
    weight: 3,
    arbitrary: fc.tuple(key, value).map(
      ([id, bytes]) =>
        (changes: Changes) =>
          changes.put(id, bytes),
    ),
  },
  { weight: 2, arbitrary: fc.tuple(key, key).map((range) => (changes: Changes) => changes.clear(range)) },
  { weight: 1, arbitrary: fc.constant((changes: Changes) => void changes.combined()) },
);

/** Applies changes to a map, as a restore does. */
const apply = (rows: Map<string, Uint8Array>, { cleared, rows: changed }: Layer): void => {
  for (const [from, to] of cleared) for (const id of rows.keys()) if (id >= from && id < to) rows.delete(id);
  for (const [id, bytes] of changed) bytes === undefined ? rows.delete(id) : rows.set(id, bytes);
};

/** Changes that are applied to a map at once. */
class NaiveChanges extends Changes {
  readonly all = new Map<string, Uint8Array>();
  override put(id: string, bytes: Uint8Array | undefined): void {
    apply(this.all, { cleared: [], rows: new Map([[id, bytes]]) });
  }
  override clear(range: readonly [string, string]): void {
    apply(this.all, { cleared: [range], rows: new Map() });
  }
}

test('changes in any order have the effect of each of them, one after the other', () => {
  const steps = fc.array(step, { maxLength: 100, size: 'max' });
  const before = fc.uniqueArray(key).map((keys) => new Map(keys.map((id) => [id, Uint8Array.of(9)])));
  fc.assert(
    fc.property(before, steps, steps, (rows, first, second) => {
      const naive = new NaiveChanges();
      for (const [id, bytes] of rows) naive.put(id, bytes);
      for (const one of [...first, ...second]) one(naive);
      const [older, newer] = [new Changes(), new Changes()];
      for (const one of first) one(older);
      for (const one of second) one(newer);
      older.add(newer.combined());
      const found = new Map(rows);
      apply(found, older.combined());
      expect(found).toEqual(naive.all);
      const { rows: changed } = older.combined();
      const bytes = [...changed].reduce((sum, [id, one]) => sum + id.length + 100 + (one?.length ?? 0), 0);
      expect(older.bytes).toBe(bytes);
    }),
    { numRuns: 200 },
  );
});

test('ranges that touch are one', () => {
  const changes = new Changes();
  for (let i = 0; i < 500; i++) {
    changes.put(`row ${i}`, Uint8Array.of(1));
    changes.clear([`a${1_000 + i}`, `a${1_001 + i}`]);
  }
  expect(changes.combined().cleared).toEqual([['a1000', 'a1500']]);
});

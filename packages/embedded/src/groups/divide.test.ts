import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { divide, type Sharer } from './divide.js';

const topics: Readonly<Record<string, number>> = { a: 4, b: 3, c: 1, d: 0 };
const ids = Object.entries(topics).flatMap(([topic, count]) =>
  Array.from({ length: count }, (_, i) => `${topic}/${i}`),
);
const partitionsOf = (topic: string): number => topics[topic] ?? 0;

const sharer: fc.Arbitrary<Sharer> = fc.record({
  leaders: fc.subarray(Object.keys(topics)),
  claims: fc.subarray([...ids, 'gone/0']).map((claims) => new Set(claims)),
});
const wantsAll = (claims: readonly string[]): Sharer => ({ leaders: Object.keys(topics), claims: new Set(claims) });

test('each partition goes to exactly one of those who want its topic, and to nobody else', () => {
  fc.assert(
    fc.property(fc.array(sharer, { maxLength: 5 }), (sharers) => {
      const shares = divide(sharers, partitionsOf);
      const given = [...shares.values()].flatMap((share) => [...share]).sort();
      expect(given).toEqual(ids.filter((id) => sharers.some(({ leaders }) => leaders.includes(id.slice(0, 1)))).sort());
      for (const [{ leaders }, share] of shares) for (const id of share) expect(leaders).toContain(id.slice(0, 1));
    }),
  );
});

test('nobody has two more than another who could have one of them', () => {
  fc.assert(
    fc.property(fc.array(sharer, { maxLength: 5 }), (sharers) => {
      const shares = divide(sharers, partitionsOf);
      for (const rich of shares.values()) {
        for (const [{ leaders }, poor] of shares) {
          if (rich.size - poor.size < 2) continue;
          expect([...rich].filter((id) => leaders.includes(id.slice(0, 1)))).toEqual([]);
        }
      }
    }),
  );
});

test('a division that is even already stays as it is', () => {
  fc.assert(
    fc.property(fc.array(sharer, { maxLength: 5 }), (sharers) => {
      const first = [...divide(sharers, partitionsOf)];
      const again = divide(
        first.map(([{ leaders }, claims]) => ({ leaders, claims })),
        partitionsOf,
      );
      expect([...again.values()]).toEqual(first.map(([, share]) => share));
    }),
  );
});

test('no more moves than evenness takes, when one comes and when one goes', () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 6 }), (count) => {
      const before = [
        ...divide(
          Array.from({ length: count }, () => wantsAll([])),
          partitionsOf,
        ).values(),
      ];
      const moved = (sharers: readonly Sharer[]): number =>
        [...divide(sharers, partitionsOf)].flatMap(([{ claims }, share]) => [...share].filter((id) => !claims.has(id)))
          .length;
      const stay = before.map((share) => wantsAll([...share]));
      expect(moved([...stay, wantsAll([])])).toBe(Math.floor(ids.length / (count + 1)));
      if (count > 1) expect(moved(stay.slice(1))).toBe(before[0]?.size);
    }),
  );
});

test('the partitions of a topic are spread too', () => {
  const one = wantsAll(ids);
  const [, two] = [...divide([one, wantsAll([])], (topic) => (topic < 'c' ? 2 : 0)).values()];
  expect([...(two as Set<string>)].map((id) => id.slice(0, 1)).sort()).toEqual(['a', 'b']);
});

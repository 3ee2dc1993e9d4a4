import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { assignPartitions, type Claimant } from './assign-partitions.js';

const counts: Readonly<Record<string, number>> = { a: 4, b: 3, c: 1, d: 0 };
const ids = Object.entries(counts).flatMap(([topic, count]) =>
  Array.from({ length: count }, (_, i) => `${topic}/${i}`),
);
const partitionsOf = (topic: string): number => counts[topic] ?? 0;

const claimant: fc.Arbitrary<Claimant> = fc.record({
  topics: fc.subarray(Object.keys(counts)),
  claims: fc.subarray([...ids, 'gone/0']).map((claims) => new Set(claims)),
});
const wantsAll = (claims: readonly string[]): Claimant => ({ topics: Object.keys(counts), claims: new Set(claims) });

test('assigns each partition to exactly one subscriber of its topic', () => {
  fc.assert(
    fc.property(fc.array(claimant, { maxLength: 5 }), (claimants) => {
      const shares = assignPartitions(claimants, partitionsOf);
      const given = [...shares.values()].flatMap((share) => [...share]).sort();
      expect(given).toEqual(ids.filter((id) => claimants.some(({ topics }) => topics.includes(id.slice(0, 1)))).sort());
      for (const [{ topics }, share] of shares) for (const id of share) expect(topics).toContain(id.slice(0, 1));
    }),
  );
});

test('balances: no subscriber has two more than another that could take one of them', () => {
  fc.assert(
    fc.property(fc.array(claimant, { maxLength: 5 }), (claimants) => {
      const shares = assignPartitions(claimants, partitionsOf);
      for (const rich of shares.values()) {
        for (const [{ topics }, poor] of shares) {
          if (rich.size - poor.size < 2) continue;
          expect([...rich].filter((id) => topics.includes(id.slice(0, 1)))).toEqual([]);
        }
      }
    }),
  );
});

test('keeps a balanced assignment', () => {
  fc.assert(
    fc.property(fc.array(claimant, { maxLength: 5 }), (claimants) => {
      const first = [...assignPartitions(claimants, partitionsOf)];
      const again = assignPartitions(
        first.map(([{ topics }, claims]) => ({ topics, claims })),
        partitionsOf,
      );
      expect([...again.values()]).toEqual(first.map(([, share]) => share));
    }),
  );
});

test('moves no more partitions than balance needs when a member joins or leaves', () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 6 }), (count) => {
      const before = [
        ...assignPartitions(
          Array.from({ length: count }, () => wantsAll([])),
          partitionsOf,
        ).values(),
      ];
      const moved = (claimants: readonly Claimant[]): number =>
        [...assignPartitions(claimants, partitionsOf)].flatMap(([{ claims }, share]) =>
          [...share].filter((id) => !claims.has(id)),
        ).length;
      const stay = before.map((share) => wantsAll([...share]));
      expect(moved([...stay, wantsAll([])])).toBe(Math.floor(ids.length / (count + 1)));
      if (count > 1) expect(moved(stay.slice(1))).toBe(before[0]?.size);
    }),
  );
});

test('balances each topic too', () => {
  const one = wantsAll(ids);
  const [, two] = [...assignPartitions([one, wantsAll([])], (topic) => (topic < 'c' ? 2 : 0)).values()];
  expect([...(two as Set<string>)].map((id) => id.slice(0, 1)).sort()).toEqual(['a', 'b']);
});

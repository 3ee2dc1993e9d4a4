/** The law of scans of remote storage. */
import { expect } from '@jest/globals';
import { bytesToId, type RemoteStorage, toUtf8, type Write } from '@kstreams/core/graph';
import fc from 'fast-check';

const keyNumber = fc.nat({ max: 3_000 });
const changes = fc.oneof(
  { weight: 4, arbitrary: fc.record({ puts: fc.array(keyNumber), deletes: fc.array(keyNumber) }) },
  { weight: 1, arbitrary: fc.tuple(keyNumber, keyNumber) },
);

const keyOf = (n: number): Uint8Array => toUtf8(String(n).padStart(5, '0'));

/** Expects that a scan returns the rows as they were when it began, through commits and clears. `open` opens an empty storage. */
export const expectScansOfTheirBegin = async (open: () => Promise<RemoteStorage>): Promise<void> => {
  const law = fc.asyncProperty(
    fc.array(keyNumber, { minLength: 1_500, maxLength: 2_500, size: 'max' }),
    fc.array(fc.tuple(fc.nat({ max: 900 }), changes), { maxLength: 8 }),
    fc.boolean(),
    async (first, later, reverse) => {
      const storage = await open();
      const rows = [...new Set(first)].sort((a, b) => (reverse ? b - a : a - b));
      await storage.commit(rows.map((n) => [keyOf(n), toUtf8('first')]));
      const scan = storage.scan(keyOf(0), keyOf(99_999), { reverse })[Symbol.asyncIterator]();
      const seen: string[] = [];
      const read = async (count: number): Promise<void> => {
        for (let i = 0; i < count; i++) {
          const { done, value } = await scan.next();
          if (done) return;
          seen.push(value.map(bytesToId).join('='));
        }
      };
      await read(1);
      for (const [count, one] of later) {
        if (Array.isArray(one)) await storage.clear(keyOf(Math.min(...one)), keyOf(Math.max(...one)));
        else {
          const last = new Map([
            ...one.puts.map((n) => [n, toUtf8('later')] as const),
            ...one.deletes.map((n) => [n, undefined] as const),
          ]);
          await storage.commit([...last].map(([n, value]): Write => [keyOf(n), value]));
        }
        await read(count);
      }
      await read(Number.POSITIVE_INFINITY);
      expect(seen).toEqual(rows.map((n) => `${bytesToId(keyOf(n))}=first`));
    },
  );
  await fc.assert(law, { numRuns: 15 });
};

import { describe, expect, test } from '@jest/globals';
import type { Benchmark, Side } from './benchmark.js';
import { benchmarks } from './benchmarks/index.js';
import { compare } from './compare.js';
import { asText } from './report.js';

/** A clock with scripted times. */
const clockOf = (): { now: () => number; pass: (ms: number) => void } => {
  let time = 1_000;
  return {
    now: () => time,
    pass: (ms) => {
      time += ms;
    },
  };
};

const options = (now: () => number, rounds = 1) => ({ rounds, now, collect: () => {} });

describe('compare', () => {
  test('measures only the runs of both sides, in turns', async () => {
    const { now, pass } = clockOf();
    const events: string[] = [];
    const side = (name: string, lengths: readonly number[]): Side => {
      let run = 0;
      return () => {
        pass(7);
        return {
          run: () => {
            events.push(name);
            pass(lengths[run++] as number);
          },
          result: () => {
            pass(7);
            return 1;
          },
          close: async () => pass(7),
        };
      };
    };
    const benchmark: Benchmark = {
      name: 'sums',
      compares: 'one; the other',
      unit: 'sums',
      size: 10,
      kstreams: side('kstreams', [9_999, 10, 40, 20]),
      byHand: side('by hand', [9_999, 5, 8, 4]),
    };
    const made = await compare(benchmark, options(now, 3));
    expect(events.join()).toBe('kstreams,by hand,by hand,kstreams,kstreams,by hand,by hand,kstreams');
    expect(made.kstreams).toEqual({ median: 500, best: 1_000 });
    expect(made.byHand).toEqual({ median: 2_000, best: 2_500 });
    expect(made.ratio).toEqual({ median: 0.2, best: 0.4 });
    expect(asText(made).split('\n').at(-1)?.trim().split(/ +/)).toEqual(['ratio', '0.200', '0.400']);
  });

  test('refuses sides with different results, and closes them', async () => {
    let open = 0;
    const side =
      (result: number): Side =>
      () => {
        open++;
        return { run: () => {}, result: () => result, close: async () => void open-- };
      };
    const benchmark = { name: 'sums', compares: '', unit: 'sums', size: 1, kstreams: side(1), byHand: side(2) };
    await expect(
      compare(
        benchmark,
        options(() => 0),
      ),
    ).rejects.toThrow('the sides of sums come to 1 and 2');
    expect(open).toBe(0);
  });
});

test.each(benchmarks.map((benchmark) => [benchmark.name, benchmark] as const))(
  '%s does the same on both sides',
  async (_, benchmark) => {
    let time = 0;
    const made = await compare(benchmark, { ...options(() => time++), size: 100 });
    expect(made).toMatchObject({ size: 100, kstreams: { median: 100_000 }, byHand: { median: 100_000 } });
  },
);

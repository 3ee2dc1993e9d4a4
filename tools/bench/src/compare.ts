import type { Benchmark, Side } from './benchmark.js';

/** Options of a measurement. */
export interface CompareOptions {
  /** The number of measured runs per side, after one unmeasured run each. */
  readonly rounds: number;
  /** A monotonic clock, in ms. */
  readonly now: () => number;
  /** Collects garbage, so that no side pays for the other. */
  readonly collect: () => void;
  /** The number of units per run; the benchmark's own size by default. */
  readonly size?: number;
}

/** Units per second, of the median and of the shortest run. */
export interface Rates {
  readonly median: number;
  readonly best: number;
}

/** The result of a benchmark. */
export interface Comparison {
  readonly name: string;
  readonly compares: string;
  /** The title of the other side. */
  readonly other: string;
  readonly unit: string;
  readonly size: number;
  readonly kstreams: Rates;
  readonly byHand: Rates;
  /** The rate of kstreams divided by that of the hand-written side: the median of the rounds, and that of the best rates. */
  readonly ratio: Rates;
}

/**
 * Measures both sides in turns, so that a slow phase of the machine slows both down; the first side alternates. Throws
 * if the sides return different results.
 */
export const compare = async (benchmark: Benchmark, options: CompareOptions): Promise<Comparison> => {
  const { byHand, compares, kstreams, name, other = 'by hand', unit } = benchmark;
  const size = options.size ?? benchmark.size;
  const sides = [
    { side: kstreams, lengths: [] as number[] },
    { side: byHand, lengths: [] as number[] },
  ] as const;
  for (let round = 0; round <= options.rounds; round++) {
    const results: number[] = [];
    for (const { lengths, side } of round % 2 === 0 ? sides : sides.toReversed()) {
      const { length, result } = await measure(side, size, options);
      if (round > 0) lengths.push(length);
      results.push(result);
    }
    if (results[0] !== results[1]) throw new Error(`the sides of ${name} come to ${results.join(' and ')}`);
  }
  const [ours, theirs] = sides.map(({ lengths }) => ratesOf(lengths, size)) as [Rates, Rates];
  const [ourLengths, theirLengths] = sides.map(({ lengths }) => lengths) as [number[], number[]];
  const ratios = ourLengths.map((length, round) => (theirLengths[round] as number) / length);
  const ratio = { median: medianOf(ratios), best: ours.best / theirs.best };
  return { name, compares, other, unit, size, kstreams: ours, byHand: theirs, ratio };
};

const measure = async (side: Side, size: number, { collect, now }: CompareOptions) => {
  const trial = await side(size);
  try {
    collect();
    const begun = now();
    const running = trial.run();
    // A synchronous side must not await.
    if (running !== undefined) await running;
    const length = now() - begun;
    return { length, result: await trial.result() };
  } finally {
    await trial.close?.();
  }
};

const ratesOf = (lengths: readonly number[], size: number): Rates => {
  return { median: (size / medianOf(lengths)) * 1_000, best: (size / Math.min(...lengths)) * 1_000 };
};

const medianOf = (values: readonly number[]): number =>
  values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] as number;

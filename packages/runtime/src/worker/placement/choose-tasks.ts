/** The number of tasks of each kind, in the order of the kinds. */
export type KindCounts = readonly number[];

/** The weight of the lack among the newcomers beside the excess of the giver. */
const lackWeight = 0.5;

/** A choice of tasks to give: how many of each kind. */
export interface GivenKinds {
  /** The total number of tasks of each kind in the application. */
  readonly total: KindCounts;
  /** The tasks of the members that give before this one, and then its own. */
  readonly holdings: readonly KindCounts[];
  /** The number of tasks that this member keeps. */
  readonly kept: number;
}

/**
 * Returns how many tasks of each kind the last of the holdings gives, so that it and the newcomers come close to equal shares
 * of every kind. The members before it are expected to keep as many tasks as it does and to choose in the same way: each
 * computes the same, so that together they give an even mix.
 */
export const chooseKinds = ({ holdings, kept, total }: GivenKinds): KindCounts => {
  const all = sum(total);
  const share = (kind: number, tasks: number): number => ((total[kind] ?? 0) * tasks) / all;
  const given = total.map(() => 0);
  let last: number[] = [];
  for (const holding of holdings) {
    const have = [...holding];
    last = total.map(() => 0);
    for (let left = sum(have) - kept; left > 0; left--) {
      const gone = sum(given) + 1;
      const value = (kind: number): number =>
        (have[kind] ?? 0) - share(kind, kept) - lackWeight * ((given[kind] ?? 0) - share(kind, gone));
      const kind = largest(
        total.map((_, one) => one).filter((one) => (have[one] ?? 0) > 0),
        value,
      );
      have[kind] = (have[kind] ?? 0) - 1;
      given[kind] = (given[kind] ?? 0) + 1;
      last[kind] = (last[kind] ?? 0) + 1;
    }
  }
  return last;
};

/** Returns the element with the largest value, the first of equals. */
const largest = (of: readonly number[], value: (one: number) => number): number => {
  let best = of[0] as number;
  for (const one of of) if (value(one) > value(best) + 1e-9) best = one;
  return best;
};

const sum = (counts: KindCounts): number => counts.reduce((a, b) => a + b, 0);

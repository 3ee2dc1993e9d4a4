/** An axis of event time. */

/** A span of time, in ms; `from` is less than `to`. */
export interface Span {
  readonly from: number;
  readonly to: number;
}

const [second, minute, hour, day] = [1_000, 60_000, 3_600_000, 86_400_000];

/** The distances between two ticks, in ms. */
const distances = [
  ...[1, 2, 5, 10, 20, 50, 100, 200, 500],
  ...[1, 2, 5, 10, 15, 30].map((one) => one * second),
  ...[1, 2, 5, 10, 15, 30].map((one) => one * minute),
  ...[1, 2, 3, 6, 12].map((one) => one * hour),
  ...[1, 2, 7, 14, 28, 91, 182, 365, 1_825, 3_650, 36_500].map((one) => one * day),
];

/** Returns at most `most` instants at even distances within a span. */
export const ticksOf = ({ from, to }: Span, most: number): readonly number[] => {
  const apart = distances.find((one) => (to - from) / one <= most) ?? (to - from) / Math.max(1, most);
  const first = Math.ceil(from / apart);
  const count = Math.max(0, Math.min(most, Math.floor(to / apart) - first + 1));
  return Array.from({ length: count }, (_, n) => (first + n) * apart);
};

/** An item on a line, from one pixel to another. */
export interface Placed {
  readonly left: number;
  readonly right: number;
}

/** Returns the row of each item, so that none covers another; `fits` is false where `most` rows are too few. */
export const packed = (items: readonly Placed[], most: number): { readonly rows: number[]; readonly fits: boolean } => {
  const ends: number[] = [];
  const rows: number[] = Array.from({ length: items.length }, () => 0);
  let fits = true;
  const order = items.map((_, n) => n).sort((a, b) => (items[a] as Placed).left - (items[b] as Placed).left);
  for (const n of order) {
    const { left, right } = items[n] as Placed;
    let row = ends.findIndex((end) => end <= left);
    if (row < 0 && ends.length < most) row = ends.length;
    if (row < 0) {
      fits = false;
      row = ends.indexOf(Math.min(...ends));
    }
    ends[row] = Math.max(ends[row] ?? Number.NEGATIVE_INFINITY, right);
    rows[n] = row;
  }
  return { rows, fits };
};

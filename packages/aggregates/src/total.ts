import { type Bytes, fromUtf8, type Serde, SerdeError, toUtf8 } from '@kstreams/core/graph';

/** The stored form of `sum` and `avg`: the sum of some values, and their number. */
export interface Total<N extends number | bigint = number | bigint> {
  readonly count: number;
  readonly sum: N;
  /** The part of the sum that rounding has lost; 0 for bigints. The sum is `sum + lost`. */
  readonly lost: number;
}

/**
 * Returns a total with a value added. The rounding error of each addition is kept (Neumaier's summation), so that sums of
 * fractions do not drift while values come and go.
 *
 * @throws TypeError for a value that is not a finite number or a bigint, or of another type than the ones before.
 */
export const addTo = <N extends number | bigint>(by: string, total: Total<N> | undefined, value: N): Total<N> => {
  checkSummand(by, value, total?.sum);
  return total === undefined ? { count: 1, sum: value, lost: 0 } : plus(total, value, 1);
};

/** Returns a total with a value removed; `undefined` once none is left. */
export const subtractFrom = <N extends number | bigint>(
  by: string,
  total: Total<N>,
  value: N,
): Total<N> | undefined => {
  checkSummand(by, value, total.sum);
  return total.count <= 1 ? undefined : plus(total, -value as N, -1);
};

/** Returns the total of two. */
export const mergeTotals = <N extends number | bigint>(by: string, left: Total<N>, right: Total<N>): Total<N> => {
  checkSummand(by, right.sum, left.sum);
  const merged = plus(left, right.sum, right.count);
  return { ...merged, lost: merged.lost + right.lost };
};

/** Returns the sum of a total. */
export const sumOf = <N extends number | bigint>({ lost, sum }: Total<N>): N =>
  (typeof sum === 'bigint' ? sum : (sum as number) + lost) as N;

const plus = <N extends number | bigint>({ count, lost, sum }: Total<N>, value: N, values: number): Total<N> => {
  if (typeof sum === 'bigint') return { count: count + values, sum: (sum + (value as bigint)) as N, lost };
  const [before, added] = [sum as number, value as number];
  const after = before + added;
  // Of the two summands, the smaller loses its last digits. An overflow loses nothing that could be kept.
  const rounding = Math.abs(before) >= Math.abs(added) ? before - after + added : added - after + before;
  return { count: count + values, sum: after as N, lost: Number.isFinite(after) ? lost + rounding : 0 };
};

const checkSummand = (by: string, value: number | bigint, sum: number | bigint | undefined): void => {
  if (typeof value !== 'bigint' && !Number.isFinite(value))
    throw new TypeError(`the function of ${by} returned ${String(value)}: return a finite number or a bigint`);
  if (sum !== undefined && typeof value !== typeof sum)
    throw new TypeError(`the function of ${by} returned a ${typeof value} after a ${typeof sum}: return one type`);
};

const [isNumber, isBigint] = [0, 1];
const numberLength = 25;
const headLength = 9;

/** The serde of totals: a byte for the type, the count, then the sum and its lost part, or a bigint as decimal text. */
export const totalSerde: Serde<Total> = {
  name: 'total',
  roundTrip: (total) => total,
  maxSize: ({ sum }) => (typeof sum === 'number' ? numberLength : headLength + String(sum).length),
  encode: ({ count, lost, sum }) => {
    const text = typeof sum === 'bigint' ? toUtf8(String(sum)) : undefined;
    const bytes = new Uint8Array(text === undefined ? numberLength : headLength + text.length);
    const view = new DataView(bytes.buffer);
    view.setUint8(0, text === undefined ? isNumber : isBigint);
    view.setFloat64(1, count);
    if (text !== undefined) bytes.set(text, headLength);
    else {
      view.setFloat64(headLength, sum as number);
      view.setFloat64(headLength + 8, lost);
    }
    return bytes;
  },
  decode: (bytes, { topic }) => {
    const total = decodeTotal(bytes);
    if (total === undefined) throw new SerdeError(`${bytes.length} bytes are not a total`, { topic });
    return total;
  },
};

const decodeTotal = (bytes: Bytes): Total | undefined => {
  if (bytes.length < headLength + 1) return undefined;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  const [kind, count] = [view.getUint8(0), view.getFloat64(1)];
  if (kind === isNumber && bytes.length === numberLength)
    return { count, sum: view.getFloat64(headLength), lost: view.getFloat64(headLength + 8) };
  const text = kind === isBigint ? fromUtf8(bytes.subarray(headLength)) : '';
  return /^-?\d+$/.test(text) ? { count, sum: BigInt(text), lost: 0 } : undefined;
};

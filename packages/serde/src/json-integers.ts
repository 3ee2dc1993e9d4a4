import { type Bytes, fromUtf8 } from '@kstreams/core/graph';

/** The number of digits from which on a number may not hold an integer. */
const longRun = 16;
const [zero, nine, quote, backslash, minus, point] = [0x30, 0x39, 0x22, 0x5c, 0x2d, 0x2e];

/**
 * Refuses JSON with an integer that a number would round: one that would be written with other digits. Others are kept
 * digit for digit.
 *
 * @throws TypeError naming the integer.
 */
export const checkIntegers = (json: Bytes): void => {
  if (!hasLongRun(json)) return;
  for (let i = 0; i < json.length; i++) {
    if (json[i] === quote) i = endOfString(json, i);
    else if (isDigit(json[i])) {
      const end = endOfDigits(json, i);
      const start = json[i - 1] === minus ? i - 1 : i;
      if (end - i >= longRun && !isFraction(json, end)) checkInteger(fromUtf8(json.subarray(start, end)));
      i = endOfNumber(json, end) - 1;
    }
  }
};

/** True for JSON with many digits in a row. Looks at one byte in sixteen, since such a run covers one of them. */
const hasLongRun = (json: Bytes): boolean => {
  for (let i = longRun - 1; i < json.length; i += longRun) {
    if (!isDigit(json[i])) continue;
    let start = i;
    while (isDigit(json[start - 1])) start--;
    if (endOfDigits(json, i) - start >= longRun) return true;
  }
  return false;
};

const checkInteger = (digits: string): void => {
  if (String(Number(digits)) === digits) return;
  throw new TypeError(
    `the integer ${digits} would be rounded to ${Number(digits)}: send it as a string, or read the topic with a serde that has bigints`,
  );
};

const isDigit = (byte: number | undefined): boolean => byte !== undefined && byte >= zero && byte <= nine;

/** True before the fraction or the exponent of a number. */
const isFraction = (json: Bytes, at: number): boolean => json[at] === point || ((json[at] ?? 0) | 0x20) === 0x65;

const endOfDigits = (json: Bytes, from: number): number => {
  let end = from;
  while (isDigit(json[end])) end++;
  return end;
};

/** Returns the end of a number, after its fraction and exponent. */
const endOfNumber = (json: Bytes, from: number): number => {
  let end = from;
  while (isDigit(json[end]) || isFraction(json, end) || json[end] === minus || json[end] === 0x2b) end++;
  return end;
};

const endOfString = (json: Bytes, from: number): number => {
  let end = from + 1;
  while (end < json.length && json[end] !== quote) end += json[end] === backslash ? 2 : 1;
  return end;
};

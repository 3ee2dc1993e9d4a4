import { ConfigError } from './errors.js';

/** The units of a duration. */
type Unit = 'ms' | 's' | 'm' | 'h' | 'd';

/**
 * A length of time: whole milliseconds as a number, or a text such as `'250ms'`, `'30s'`, `'5m'`, `'1.5h'`, `'7d'`.
 * A day is 24 hours; calendar windows follow the calendar.
 */
export type Duration = number | `${number}${Unit}`;

const milliseconds: Record<Unit, number> = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 };
const pattern = /^(\d+)(?:\.(\d+))?(ms|s|m|h|d)$/;

/**
 * Returns the milliseconds of a duration: a whole number of at least 0.
 *
 * @throws ConfigError for anything else; `what` names the setting in its message.
 *
 * @example
 * toMilliseconds('5m', 'the window size') // 300000
 */
export const toMilliseconds = (duration: Duration, what: string): number => {
  const length = lengthOf(duration);
  if (isLength(length)) return length;
  throw new ConfigError(
    `${what} is ${typeof duration === 'string' ? JSON.stringify(duration) : String(duration)}, which is not a duration: ` +
      `write whole milliseconds of at least 0, or a text such as '250ms', '30s', '5m', '1h' or '7d'`,
  );
};

/** True for a duration that {@link toMilliseconds} accepts. */
export const isDuration = (duration: Duration): boolean => isLength(lengthOf(duration));

const lengthOf = (duration: Duration): number => (typeof duration === 'string' ? parse(duration) : duration);

const isLength = (length: number): boolean => Number.isSafeInteger(length) && length >= 0;

/**
 * Returns the milliseconds of a duration: a whole number of at least 1.
 *
 * @throws ConfigError for 0 and for anything else; `what` names the setting in its message.
 *
 * @example
 * toPositiveMilliseconds('5m', 'the interval') // 300000
 */
export const toPositiveMilliseconds = (duration: Duration, what: string): number => {
  const length = toMilliseconds(duration, what);
  if (length === 0) throw new ConfigError(`${what} is 0: make it longer`);
  return length;
};

/** Returns the exact milliseconds of a text: 1.1 hours are whole milliseconds, though 1.1 × 3,600,000 is not in floating point. */
const parse = (text: string): number => {
  const [, whole = '', fraction = '', unit] = pattern.exec(text) ?? [];
  if (unit === undefined) return Number.NaN;
  const scaled = BigInt(whole + fraction) * BigInt(milliseconds[unit as Unit]);
  const scale = 10n ** BigInt(fraction.length);
  return scaled % scale === 0n ? Number(scaled / scale) : Number.NaN;
};

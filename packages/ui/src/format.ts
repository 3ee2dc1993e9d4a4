/** Formats numbers, times and keys as text. */
import { isWindow, textOf } from './records/typed-text.js';

/** Formats an instant as UTC date and time, without trailing zeros; instants within 1970 stay in ms. */
export const instant = (timestamp: number): string => {
  if (!Number.isFinite(timestamp)) return '–';
  if (timestamp < 86_400_000 * 365) return `${timestamp} ms`;
  const date = new Date(timestamp);
  if (Number.isNaN(date.getTime())) return `${timestamp} ms`;
  return date
    .toISOString()
    .replace('T', ' ')
    .replace(/( 00:00)?(:00)?\.000Z$/, '')
    .replace('Z', '');
};

/** Formats the time of day of an instant, in the time zone of the page. */
export const timeOfDay = (timestamp: number): string => new Date(timestamp).toLocaleTimeString('en-GB');

/** Formats a number in at most four characters and a unit: `950`, `1.2k`, `35M`. */
export const compact = (value: number): string => {
  if (!Number.isFinite(value)) return '–';
  const [scale, unit] = scales.find(([from]) => Math.abs(value) >= from * 0.9995) ?? [1, ''];
  const scaled = value / scale;
  const digits = Math.abs(scaled) >= 99.95 || (unit === '' && Number.isInteger(scaled)) ? 0 : 1;
  return `${scaled.toFixed(digits).replace(/\.0$/, '')}${unit}`;
};

const scales: readonly (readonly [number, string])[] = [
  [1e12, 'T'],
  [1e9, 'G'],
  [1e6, 'M'],
  [1e3, 'k'],
];

/** Formats a time in seconds with its unit: `850 µs`, `12 ms`, `3.4 s`, `5 min`. */
export const duration = (seconds: number): string => {
  if (!Number.isFinite(seconds)) return '–';
  if (seconds === 0) return '0 ms';
  if (seconds < 0.001) return `${compact(seconds * 1e6)} µs`;
  if (seconds < 1) return `${compact(seconds * 1e3)} ms`;
  if (seconds < 120) return `${compact(seconds)} s`;
  return seconds < 7_200 ? `${compact(seconds / 60)} min` : `${compact(seconds / 3_600)} h`;
};

/** Formats a number of bytes with its unit. */
export const bytes = (value: number): string =>
  value < 1_024
    ? `${value} B`
    : value < 1_048_576
      ? `${compact(value / 1_024)} KiB`
      : `${compact(value / 1_048_576)} MiB`;

/** Formats a key; a windowed key with its bounds. */
export const keyText = (key: unknown): string =>
  isWindow(key) ? `${textOf(key.key)} [${spanText(key.start, key.end)})` : textOf(key);

/** Formats two instants; the date once where both have the same. */
export const spanText = (start: number, end: number): string => {
  const [from, to] = [instant(start), instant(end)];
  const [date, time] = to.split(' ');
  return `${from} – ${time !== undefined && from.startsWith(`${date} `) && !to.endsWith(' ms') ? time : to}`;
};

/** How times, keys and reasons are put into words. */
import type { Shown } from '../run/messages.js';

/** An instant, as short as it can be told. */
export const instant = (timestamp: number): string => {
  if (!Number.isFinite(timestamp)) return '–';
  if (timestamp < 86_400_000 * 365) return `${timestamp} ms`;
  const text = new Date(timestamp).toISOString().replace('T', ' ');
  return text.replace(/( 00:00)?(:00)?\.000Z$/, '').replace('Z', '');
};

/** A key; that of a window with its bounds. */
export const keyText = ({ data, text }: Shown): string => {
  if (typeof data !== 'object' || data === null || !('start' in data) || !('end' in data) || !('key' in data))
    return text;
  const { key, start, end } = data as { key: unknown; start: number; end: number };
  return `${typeof key === 'string' ? key : JSON.stringify(key)} [${instant(start)} – ${instant(end)})`;
};

/** A value in one line: the fields of a flat object side by side. */
export const valueText = ({ data, text }: Shown): string => {
  if (typeof data !== 'object' || data === null || Array.isArray(data)) return text;
  return Object.entries(data)
    .map(([name, one]) => `${name} ${typeof one === 'object' ? JSON.stringify(one) : String(one)}`)
    .join(' · ');
};

/** Why a record was left out. */
export const reasons: Readonly<Record<string, string>> = {
  'null-key': 'its key is null, and this step needs one',
  'null-value': 'its value is null, and this step needs one',
  late: 'it came after its window had closed',
  expired: 'it is older than what the store keeps',
  'no-window': 'it falls in no window',
  'out-of-order': 'a newer version of the row is there already',
  'null-foreign-key': 'it names no row of the other table',
  'stale-response': 'the row changed before the answer came',
  'negative-timestamp': 'its timestamp is before 1970',
  'skipped-by-policy': 'it failed, and the error policy says to skip it',
};

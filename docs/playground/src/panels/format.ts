/** Formats keys, values and drop reasons as text. */
import { instant, spanText } from '@kstreams/ui/format';
import type { DisplayValue, Step } from '../run/messages.js';

/** Formats a key; a windowed key with its bounds. */
export const keyText = ({ data, text }: DisplayValue): string => {
  if (typeof data !== 'object' || data === null || !('start' in data) || !('end' in data) || !('key' in data))
    return text;
  const { key, start, end } = data as { key: unknown; start: number; end: number };
  return `${typeof key === 'string' ? key : JSON.stringify(key)} [${spanText(start, end)})`;
};

/** Formats a value in one line; an object as its fields side by side. */
export const valueText = ({ data, text }: DisplayValue): string => {
  if (typeof data !== 'object' || data === null || Array.isArray(data)) return text;
  return Object.entries(data)
    .map(([name, one]) => `${name} ${typeof one === 'object' ? JSON.stringify(one) : String(one)}`)
    .join(' · ');
};

/** Formats the cause of a step in one line. */
export const causeText = (cause: Step['cause']): string => {
  if (cause.kind === 'clock') return `the clock: ${instant(cause.now)}`;
  if (cause.kind === 'later') return `record ${cause.of}, later: ${cause.node}`;
  return `${cause.topic} · ${keyText(cause.record.key)} · ${instant(cause.record.timestamp)}`;
};

/** Text for each drop reason. */
export const reasons: Readonly<Record<string, string>> = {
  'null-key': 'its key is null, and this step needs one',
  'null-value': 'its value is null, and this step needs one',
  late: 'it came after its window had closed',
  expired: 'it is older than what the store keeps',
  'no-window': 'it falls in no window',
  'window-expired': 'the window closed and expired in one step, before it could be emitted',
  'out-of-order': 'a newer version of the row is there already',
  'null-foreign-key': 'it names no row of the other table',
  'null-repartition-key': 'its new key is null, so no partition is its own',
  'stale-response': 'the row changed before the response came',
  'negative-timestamp': 'its timestamp is before 1970',
  'skipped-by-policy': 'it failed, and the error policy says to skip it',
};
